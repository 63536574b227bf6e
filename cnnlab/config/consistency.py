"""Whether the parts of a config fit together, as far as that is known without Keras and without data."""

from collections.abc import Iterator
from typing import Any

from cnnlab.augment.views import views_misfit
from cnnlab.blocks import block
from cnnlab.config_errors import Key
from cnnlab.datasets import DatasetInfo
from cnnlab.datasets import dataset as datasets
from cnnlab.metrics import metric
from cnnlab.registry import did_you_mean

Found = Iterator[tuple[Key, str]]

ALWAYS_MONITORED = ("val_loss", "val_cross_entropy")


def training_contradictions(training: Any) -> Found:
    """Say what does not fit together within the section `training`: keys within it, and sentences."""
    if training.steps is not None and "epochs" in training.model_fields_set:
        yield ("steps",), "the length is given in epochs too: leave epochs out, or set steps to null"
    keys = metric_keys(training)
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        yield ("metrics",), f"the metric '{twice}' stands twice"
    figures = monitored(training)
    for location, monitor in monitors(training):
        if monitor not in figures:
            yield location, _unknown_figure(monitor, figures)
    yield from _rates(training)
    if training.devices > 1 and training.backend == "torch":
        yield ("devices",), "expected 1 with the backend torch, for which Keras has no distribution"
    elif training.devices > 1 and training.batch_size % training.devices:
        text = f"{training.devices} devices cannot share a batch of {training.batch_size} evenly"
        yield ("devices",), f"{text}: choose a multiple for training.batch_size"


def config_contradictions(config: Any) -> Found:
    """Say what does not fit together across sections."""
    yield from _last_block(config.model)
    yield from _names_of_extensions(config.extensions)
    traits = datasets.get(config.data.dataset.name).traits
    if traits.get("own_validation") is False:
        yield from without_validation(config)
    info = traits.get("info")
    if isinstance(info, DatasetInfo):
        yield from data_contradictions(config, info)


def race_contradictions(asha: Any, config: Any, *, validated: bool) -> Found:
    """Say why a cell with that config cannot race by ``sweep.early_stop``.

    validated: whether there are validation images.
    """
    key: Key = ("sweep", "early_stop", "asha")
    figures = monitored(config.training)
    if asha.metric not in figures:
        yield (*key, "metric"), _unknown_figure(asha.metric, figures)
    if not validated:
        yield (
            (*key, "metric"),
            f"{asha.metric} needs validation images: set data.validation_fraction, for the data set "
            f"'{config.data.dataset.name}' brings none of its own",
        )


def has_validation(config: Any) -> bool:
    """Whether there are validation images, as far as is known before the data are read."""
    own = datasets.get(config.data.dataset.name).traits.get("own_validation")
    return config.data.validation_fraction > 0 or own is not False


def monitored(training: Any) -> list[str]:
    """The figures of the validation split that are computed."""
    return [*ALWAYS_MONITORED, *(f"val_{key}" for key in metric_keys(training))]


def without_validation(config: Any) -> Found:
    """Say which keys need the validation images that a data set without a validation split does not give."""
    for location, monitor in monitors(config.training) if config.data.validation_fraction == 0 else ():
        yield (
            ("training", *location),
            f"{monitor} needs validation images, but data.validation_fraction is 0 and the data set "
            f"'{config.data.dataset.name}' brings none of its own",
        )


def data_contradictions(config: Any, info: DatasetInfo) -> Found:
    """Say what in the config does not suit data like `info`. For data that must be read first: then."""
    from cnnlab.augment import augmentation

    *_, channels = info.image_shape
    for index, item in enumerate(config.augment):
        needs_colour = augmentation.get(item.name).traits.get("needs_colour")
        if needs_colour is not None and needs_colour(item.parameters) and channels != 3:
            yield (
                ("augment", index, item.name),
                f"{item.name} needs images with 3 channels, red, green and blue; those of "
                f"'{config.data.dataset.name}' have {channels}",
            )
    misfit = views_misfit(config.evaluation.tta.name, info.image_shape)
    if misfit is not None:
        yield ("evaluation", "tta"), misfit
    weights = config.training.class_weights
    for name in weights if isinstance(weights, dict) else ():
        if name not in info.class_names:
            yield (
                ("training", "class_weights", name),
                f"'{config.data.dataset.name}' has no class '{name}'{did_you_mean(name, info.class_names)}; "
                f"its classes: {', '.join(info.class_names)}",
            )
    for item in config.training.metrics:
        if metric.get(item.name).traits.get("two_classes") and info.num_classes != 2:
            yield (
                ("training", "metrics"),
                f"{item.name} is for two classes, and '{config.data.dataset.name}' has {info.num_classes}",
            )
        k = item.dump().get("k", 1) if item.name == "top_k" else 1
        if k > info.num_classes:
            yield (
                ("training", "metrics"),
                f"top_k expects a k of at most {info.num_classes}, the number of classes of "
                f"'{config.data.dataset.name}', got {k}",
            )


def metric_keys(training: Any) -> list[str]:
    """The names of the metrics' columns, in the order of ``training.metrics``."""
    return [metric.get(item.name)(parameters=item.parameters, num_classes=2).key for item in training.metrics]


def monitors(training: Any) -> Iterator[tuple[Key, str]]:
    """The figures that choose an epoch, stop the training or lower the learning rate, each with its key."""
    if training.restore_best is not None:
        yield ("restore_best",), training.restore_best
    if training.early_stopping is not None:
        yield ("early_stopping", "monitor"), training.early_stopping.monitor
    if training.schedule.name == "reduce_on_plateau":
        yield ("schedule", "monitor"), training.schedule.parameters.monitor


def _unknown_figure(monitor: str, figures: list[str]) -> str:
    name = monitor.removeprefix("val_")
    way_out = f": add '{name}' to training.metrics" if name in metric else did_you_mean(monitor, figures)
    return f"'{monitor}' is not computed{way_out}; with these metrics there are {', '.join(figures)}"


def _rates(training: Any) -> Found:
    """Whether the schedule ends below the learning rate that it starts from."""
    peak = getattr(training.optimizer.parameters, "learning_rate", None)
    if not isinstance(peak, float):
        problem = f"the optimizer '{training.optimizer.name}' needs a parameter 'learning_rate: float'"
        yield ("optimizer",), problem
        return
    for key in ("minimum", "min_learning_rate"):
        lowest = getattr(training.schedule.parameters, key, None)
        if isinstance(lowest, float) and lowest > peak:
            yield (
                ("schedule", key),
                f"expected at most the optimizer's learning_rate, {peak:g}, got {lowest:g}",
            )


def _names_of_extensions(extensions: Any) -> Found:
    """A run folder holds a copy of each extension by its file name."""
    names = [path.name for path in extensions]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield (
                ("extensions", index),
                f"another extension is called {name} too, and their copies in the run folder share a folder: "
                "rename one of them",
            )


def _last_block(blocks: Any) -> Found:
    """A classifier ends the list, or a block of somebody's own, of which nothing is known."""
    name = blocks[-1].name
    if name != "classifier" and block.get(name).function.__module__.startswith("cnnlab."):
        yield (
            ("model", len(blocks) - 1),
            f"the last block must give one probability per class: end the list with "
            f"'classifier', not '{name}'",
        )
