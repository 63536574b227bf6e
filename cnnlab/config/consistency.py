"""Whether the parts of a config fit together, as far as that is known without Keras and without data."""

from collections.abc import Iterator
from pathlib import Path

from cnnlab.augment import augmentation
from cnnlab.augment.views import views_misfit
from cnnlab.blocks import block
from cnnlab.config.identity import role_of
from cnnlab.config.roles import Role
from cnnlab.config.schema import Config
from cnnlab.config.sweep_schema import AshaSettings
from cnnlab.config.training_section import monitored, monitors, unknown_figure
from cnnlab.config_errors import Key
from cnnlab.datasets import DatasetInfo
from cnnlab.datasets import dataset as datasets
from cnnlab.errors import did_you_mean
from cnnlab.items import Item
from cnnlab.metrics import metric

Found = Iterator[tuple[Key, str]]


def contradictions(config: Config) -> Found:
    """Say what does not fit together across sections."""
    yield from _last_block(config.model)
    yield from _fixed_in_sweeps(config)
    yield from _names_of_extensions(config.extensions)
    traits = datasets.get(config.data.dataset.name).traits
    if traits.get("own_validation") is False:
        yield from without_validation(config)
    info = traits.get("info")
    if isinstance(info, DatasetInfo):
        yield from data_contradictions(config, info)


FIXED = {
    "name": "cells are named by their values",
    "seed": "all cells share their seeds, so that they are compared in pairs; more seeds are more repeats",
    "repeats": "all cells have the same number",
    "extensions": "they hold for the whole file",
    "sweep": "a sweep cannot sweep itself",
}
"""Keys that all cells have in common beside labels, each with the reason."""


def _fixed_in_sweeps(config: Config) -> Found:
    for place in config.sweep.places() if config.sweep is not None else ():
        key = place[-1].partition(".")[0]
        reason = FIXED.get(key, "it changes no result" if role_of(key) is Role.LABEL else None)
        if reason is not None:
            yield ("sweep", *place), f"{key} cannot be swept: {reason}"


def race_contradictions(asha: AshaSettings, config: Config, *, validated: bool) -> Found:
    """Say why a cell with that config cannot race by ``sweep.early_stop``.

    validated: whether there are validation images.
    """
    key: Key = ("sweep", "early_stop", "asha")
    figures = monitored(config.training)
    if asha.metric not in figures:
        yield (*key, "metric"), unknown_figure(asha.metric, figures)
    if not validated:
        yield (
            (*key, "metric"),
            f"{asha.metric} needs validation images: set data.validation_fraction, for the data set "
            f"'{config.data.dataset.name}' brings none of its own",
        )


def has_validation(config: Config) -> bool:
    """Whether there are validation images, as far as is known before the data are read."""
    own = datasets.get(config.data.dataset.name).traits.get("own_validation")
    return config.data.validation_fraction > 0 or own is not False


def without_validation(config: Config) -> Found:
    """Say which keys need the validation images that a data set without a validation split does not give."""
    for location, monitor in monitors(config.training) if config.data.validation_fraction == 0 else ():
        yield (
            ("training", *location),
            f"{monitor} needs validation images, but data.validation_fraction is 0 and the data set "
            f"'{config.data.dataset.name}' brings none of its own",
        )


def data_contradictions(config: Config, info: DatasetInfo) -> Found:
    """Say what in the config does not suit data like `info`. For data that must be read first: then."""
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
        traits = metric.get(item.name).traits
        if traits.get("two_classes") and info.num_classes != 2:
            way_out = f": take {traits['of_more']}" if "of_more" in traits else ""
            yield (
                ("training", "metrics"),
                f"{item.name} is for two classes, and '{config.data.dataset.name}' has {info.num_classes}{way_out}",
            )
        k = item.dump().get("k", 1) if item.name == "top_k" else 1
        if k > info.num_classes:
            yield (
                ("training", "metrics"),
                f"top_k expects a k of at most {info.num_classes}, the number of classes of "
                f"'{config.data.dataset.name}', got {k}",
            )


def _names_of_extensions(extensions: tuple[Path, ...]) -> Found:
    """A run folder holds a copy of each extension by its file name."""
    names = [path.name for path in extensions]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield (
                ("extensions", index),
                f"another extension is called {name} too, and their copies in the run folder share a folder: "
                "rename one of them",
            )


def _last_block(blocks: tuple[Item, ...]) -> Found:
    """A classifier ends the list, or a block of somebody's own, of which nothing is known."""
    name = blocks[-1].name
    if name != "classifier" and block.get(name).function.__module__.startswith("cnnlab."):
        yield (
            ("model", len(blocks) - 1),
            f"the last block must give one probability per class: end the list with "
            f"'classifier', not '{name}'",
        )
