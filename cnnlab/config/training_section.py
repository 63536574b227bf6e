"""The section `training` of a config, and whether its keys fit together."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from cnnlab.config.installed import BackendInstalled
from cnnlab.config.roles import Role
from cnnlab.config_errors import Key, custom_errors
from cnnlab.errors import describe, did_you_mean
from cnnlab.items import Item, chosen, listed
from cnnlab.metrics import metric
from cnnlab.optimizers import optimizer
from cnnlab.parameters import Monitor, NonNegativeFloat, PositiveFloat, PositiveInt, Rate, SmallInt
from cnnlab.registry import Parameters
from cnnlab.schedules import schedule

OptimizerChoice = Annotated[Item, chosen(optimizer)]
ScheduleChoice = Annotated[Item, chosen(schedule)]
MetricItem = Annotated[Item, listed(metric)]
Found = Iterator[tuple[Key, str]]

ALWAYS_MONITORED = ("val_loss", "val_cross_entropy")


class EarlyStopping(Parameters):
    """Stop when the validation figure has not improved for `patience` validations."""

    monitor: Monitor = Field("val_loss", description="The figure to watch.")
    patience: PositiveInt = Field(10, description="Validations without an improvement before stopping.")
    min_delta: NonNegativeFloat = Field(0.0, description="Changes up to this do not count as an improvement.")


class WeightAveraging(Parameters):
    """Keras' exponential moving average of the weights; validation and the saved model use the average."""

    momentum: Rate = Field(0.99, description="How much of the average each step keeps.")


class CheckpointEvery(Parameters):
    """How often the state of a training is written to disk, to resume from after a crash; it changes no result."""

    epochs: PositiveInt | None = Field(None, description="Epochs between two.")
    seconds: PositiveFloat | None = Field(
        None,
        description="Seconds between two, in the middle of an epoch too; at most 2 % of the time is spent.",
    )

    @model_validator(mode="after")
    def _names_one(self) -> "CheckpointEvery":
        if self.epochs is None and self.seconds is None:
            raise custom_errors([((), "expected epochs, seconds or both, such as {seconds: 60}")])
        return self


def _device(value: str) -> str:
    if not re.fullmatch(r"auto|cpu|gpu(:[0-9]{1,3})?", value):
        raise ValueError(f"expected auto, cpu, gpu or gpu:N, got {describe(value)}")
    return value


ClassWeights = Literal["balanced"] | dict[str, PositiveFloat] | None


class Training(Parameters):
    """How long and with what the network is trained."""

    epochs: Annotated[PositiveInt, Role.RESULTS] = Field(10, description="Passes over the training images.")
    steps: Annotated[PositiveInt | None, Role.RESULTS] = Field(
        None,
        description="Steps in all, in place of epochs; rounded up to whole epochs. null: as epochs says.",
    )
    batch_size: Annotated[PositiveInt, Role.RESULTS] = Field(
        32, description="Images per step; the last batch of an epoch may be smaller."
    )
    steps_per_epoch: Annotated[PositiveInt | None, Role.RESULTS] = Field(
        None,
        description="Steps that count as an epoch; the next continues where the last one stopped. null: as many as "
        "show every image once.",
    )
    ensemble: Annotated[SmallInt, Role.RESULTS] = Field(
        1,
        description="Networks of a repeat, on the same images, each with its own start, order and augmentation; the "
        "saved model averages their probabilities.",
    )
    optimizer: Annotated[OptimizerChoice, Role.RESULTS] = Field(
        "adam", validate_default=True, description="What turns gradients into steps."
    )
    schedule: Annotated[ScheduleChoice, Role.RESULTS] = Field(
        "constant", validate_default=True, description="How the learning rate changes."
    )
    label_smoothing: Annotated[Rate, Role.RESULTS] = Field(
        0.0, description="Share of each label that is spread over all classes."
    )
    class_weights: Annotated[ClassWeights, Role.RESULTS] = Field(
        None,
        description="How much an image of a class counts in the training loss, by the class's name (1 for those left "
        "out); balanced: as much as makes the classes of the training images weigh alike; null: all alike.",
    )
    logit_adjustment: Annotated[NonNegativeFloat, Role.RESULTS] = Field(
        0.0,
        description="In the training loss, the logarithm of each class's share of the training images is added to its "
        "logit, times this: with 1 the network learns to answer as if all classes were equally frequent.",
    )
    metrics: Annotated[tuple[MetricItem, ...], Role.FIGURES] = Field(
        ("accuracy",), validate_default=True, description="Accuracy is always among them."
    )
    validation_every: Annotated[PositiveInt, Role.RESULTS] = Field(
        1, description="Epochs from one validation to the next; the last epoch is always validated."
    )
    early_stopping: Annotated[EarlyStopping | None, Role.RESULTS] = Field(
        None, description="When to stop early; null: never."
    )
    restore_best: Annotated[Monitor | None, Role.RESULTS] = Field(
        None, description="Keep the weights of the best epoch by this figure."
    )
    weight_averaging: Annotated[WeightAveraging | None, Role.RESULTS] = Field(
        None, description="Average the weights over steps."
    )
    checkpoint_every: Annotated[CheckpointEvery, Role.RUNNING] = Field(
        default_factory=lambda: CheckpointEvery(seconds=60.0),
        description="How often the state is written to disk, to resume from; it changes no result.",
    )
    precision: Annotated[Literal["float32", "mixed_float16", "mixed_bfloat16"], Role.RESULTS] = Field(
        "float32", description="The precision in which the layers compute."
    )
    backend: Annotated[Literal["tensorflow", "torch", "jax"], BackendInstalled, Role.RESULTS] = Field(
        "tensorflow", description="The backend of Keras; torch and jax are extras to install."
    )
    device: Annotated[str, AfterValidator(_device), Role.SAMPLE] = Field(
        "auto", description="auto, cpu, gpu or gpu:N."
    )
    devices: Annotated[SmallInt, Role.SAMPLE] = Field(
        1,
        description="GPUs of one repeat, each with its even share of every batch (MirroredStrategy on TensorFlow, "
        "DataParallel on JAX); on the CPU logical devices, for tests.",
    )
    threads: Annotated[SmallInt | Literal["auto"], Role.SAMPLE] = Field(
        "auto", description="CPU threads of one repeat."
    )
    deterministic: Annotated[bool, Role.RESULTS] = Field(
        False, description="Deterministic operations on a GPU too, at a cost in speed."
    )

    @property
    def cpu_threads(self) -> int:
        """`threads` of a repeat that is planned: "auto" is a number by then."""
        assert isinstance(self.threads, int)
        return self.threads

    @property
    def learning_rate(self) -> float:
        """The optimizer's, from which the schedule starts."""
        return float(self.optimizer.dump()["learning_rate"])

    @field_validator("metrics")
    @classmethod
    def _accuracy_first(cls, value: tuple[Item, ...]) -> tuple[Item, ...]:
        accuracy = Item("accuracy", metric.get("accuracy").parameters())
        return value if accuracy in value else (accuracy, *value)

    @model_serializer(mode="wrap")
    def _one_length(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Where the steps are given, the epochs are not yet known."""
        plain = handler(self)
        return plain if self.steps is None else {k: plain[k] for k in plain if k != "epochs"}

    @model_validator(mode="after")
    def _check_together(self) -> "Training":
        found = list(_contradictions(self))
        if found:
            raise custom_errors(found)
        return self


def metric_keys(training: Training) -> list[str]:
    """The names of the metrics' columns, in the order of ``training.metrics``."""
    return [metric.get(item.name)(parameters=item.parameters, num_classes=2).key for item in training.metrics]


def monitors(training: Training) -> Iterator[tuple[Key, str]]:
    """The figures that choose an epoch, stop the training or lower the learning rate, each with its key."""
    if training.restore_best is not None:
        yield ("restore_best",), training.restore_best
    if training.early_stopping is not None:
        yield ("early_stopping", "monitor"), training.early_stopping.monitor
    if training.schedule.name == "reduce_on_plateau":
        yield ("schedule", "monitor"), training.schedule.dump()["monitor"]


def monitored(training: Training) -> list[str]:
    """The figures of the validation split that are computed."""
    return [*ALWAYS_MONITORED, *(f"val_{key}" for key in metric_keys(training))]


def unknown_figure(monitor: str, figures: list[str]) -> str:
    """Say that a figure of the validation split is not computed, and what to do."""
    name = monitor.removeprefix("val_")
    way_out = f": add '{name}' to training.metrics" if name in metric else did_you_mean(monitor, figures)
    return f"'{monitor}' is not computed{way_out}; with these metrics there are {', '.join(figures)}"


def _contradictions(training: Training) -> Found:
    """Say what does not fit together within the section `training`: keys within it, and sentences."""
    if training.steps is not None and "epochs" in training.model_fields_set:
        yield ("steps",), "the length is given in epochs too: leave epochs out, or set steps to null"
    keys = metric_keys(training)
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        yield ("metrics",), f"the metric '{twice}' is listed twice"
    figures = monitored(training)
    for location, monitor in monitors(training):
        if monitor not in figures:
            yield location, unknown_figure(monitor, figures)
    yield from _rates(training)
    if training.devices > 1 and training.backend == "torch":
        yield ("devices",), "expected 1 with the backend torch, for which Keras has no distribution"
    elif training.devices > 1 and training.batch_size % training.devices:
        text = f"{training.devices} devices cannot share a batch of {training.batch_size} evenly"
        yield ("devices",), f"{text}: choose a multiple for training.batch_size"


def _rates(training: Training) -> Found:
    """Whether the schedule ends below the learning rate that it starts from."""
    peak = getattr(training.optimizer.parameters, "learning_rate", None)
    if not isinstance(peak, float):
        yield (
            ("optimizer",),
            f"the optimizer '{training.optimizer.name}' needs a parameter 'learning_rate: float'",
        )
        return
    for key in ("minimum", "min_learning_rate"):
        lowest = getattr(training.schedule.parameters, key, None)
        if isinstance(lowest, float) and lowest > peak:
            yield (
                ("schedule", key),
                f"expected at most the optimizer's learning_rate, {peak:g}, got {lowest:g}",
            )
