"""The config: one frozen tree of checked values. Nothing else travels through cnnlab."""

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import core_schema

from cnnlab.augment import augmentation
from cnnlab.augment.views import view_set
from cnnlab.blocks import block
from cnnlab.config.consistency import config_contradictions, training_contradictions
from cnnlab.config.sweep_schema import Sweep
from cnnlab.config_errors import describe, problems_at, rebased
from cnnlab.config_paths import ConfigPath
from cnnlab.datasets import dataset
from cnnlab.items import Item, chosen, listed
from cnnlab.loggers import logger
from cnnlab.metrics import metric
from cnnlab.optimizers import optimizer
from cnnlab.parameters import (
    Fraction,
    Megabytes,
    Monitor,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    Rate,
    SmallInt,
    ValueRange,
)
from cnnlab.preprocess import preprocessing
from cnnlab.registry import Parameters, unknown_key
from cnnlab.schedules import schedule

DatasetChoice: Any = chosen(dataset)
OptimizerChoice: Any = chosen(optimizer)
ScheduleChoice: Any = chosen(schedule)
MetricItem: Any = listed(metric)
LoggerItem: Any = listed(logger)
AugmentationItem: Any = listed(augmentation)
BlockItem: Any = listed(block)
ViewSetChoice: Any = chosen(view_set)
PreprocessingItem: Any = listed(preprocessing)


class Data(Parameters):
    """Which images, how many, how split and scaled; further keys are the data set's own parameters."""

    dataset: DatasetChoice = Field(description="A name of 'cnnlab datasets'.")
    train_size: PositiveInt | None = Field(
        None, description="Training images, drawn anew for each repeat; null: all."
    )
    validation_fraction: Rate = Field(
        0.1, description="Share of the training part that is set aside for validation."
    )
    scale: ValueRange = Field((-1.0, 1.0), description="The range that pixel values 0 to 255 are mapped to.")
    standardize: bool = Field(
        False,
        description="Then subtract each channel's mean and divide by its standard deviation, both those of the "
        "repeat's own training images. Augmentation comes before it.",
    )
    limit_per_split: PositiveInt | None = Field(
        None, description="At most so many images of each split, for trials."
    )
    memory_budget: Megabytes = Field(
        1100.0,
        description="Megabytes, or text such as 2 GB: images of a file that fit are kept in memory, for each repeat "
        "that runs; others are read as they are needed. It changes no result.",
    )

    @model_validator(mode="wrap")
    @classmethod
    def _take_in_dataset_parameters(cls, value: Any, handler: ModelWrapValidatorHandler[Any]) -> Any:
        """In YAML the data set's own parameters stand beside the common ones; here they are in `dataset`."""
        if not isinstance(value, dict) or "dataset" not in value or isinstance(value["dataset"], Item):
            return handler(value)
        name = value["dataset"]
        if not isinstance(name, str):
            raise problems_at([(("dataset",), f"expected the name of a data set, got {describe(name)}")])
        common = {key: entry for key, entry in value.items() if key in cls.model_fields}
        own = {key: entry for key, entry in value.items() if key not in cls.model_fields}
        if "name" in own:
            raise problems_at([(("name",), unknown_key("name", cls._keys(name)))])
        try:
            return handler({**common, "dataset": {"name": name, **own} if name in dataset else name})
        except ValidationError as error:
            details = [cls._lifted(name, e) for e in error.errors(include_url=False)]
            raise ValidationError.from_exception_data("data", details) from None

    @classmethod
    def _keys(cls, name: str) -> list[str]:
        """All keys that may stand in the section with the data set `name`."""
        own = dataset.get(name).parameters.model_fields if name in dataset else ()
        return [*cls.model_fields, *own]

    @classmethod
    def _lifted(cls, name: str, error: Any) -> Any:
        """An error about a data set's own parameter, at the place where YAML has it."""
        location = error["loc"]
        if location[0] != "dataset" or len(location) == 1:
            return rebased(error, location)
        if error["type"] == "unknown key" and len(location) == 2:
            error = {**error, "msg": unknown_key(location[1], cls._keys(name))}
        return rebased(error, location[1:])

    @model_serializer(mode="wrap")
    def _spread(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        plain = handler(self)
        return {
            "dataset": self.dataset.name,
            **self.dataset.dump(),
            **{k: plain[k] for k in plain if k != "dataset"},
        }

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        common = handler.resolve_ref_schema(handler(schema))
        forms = []
        for name in dataset:
            entry = dataset.get(name)
            own = handler.resolve_ref_schema(handler(entry.parameters.__pydantic_core_schema__))
            forms.append(
                {
                    "description": entry.summary,
                    "type": "object",
                    "properties": {
                        **common["properties"],
                        "dataset": {"const": name, "description": entry.summary},
                        **own.get("properties", {}),
                    },
                    "required": ["dataset", *own.get("required", [])],
                    "additionalProperties": False,
                }
            )
        return {"description": common["description"], "anyOf": forms}


class EarlyStopping(Parameters):
    """Stop when the validation figure has not improved for `patience` validations."""

    monitor: Monitor = Field("val_loss", description="The figure to watch.")
    patience: PositiveInt = Field(10, description="Validations without an improvement before stopping.")
    min_delta: NonNegativeFloat = Field(0.0, description="What counts as an improvement is larger than this.")


class WeightAveraging(Parameters):
    """Keras' exponential moving average of the weights; validation and the saved model use the average."""

    momentum: Rate = Field(0.99, description="How much of the average each step keeps.")


class CheckpointEvery(Parameters):
    """How often the state of a training is written to disk, to go on from after a crash; it changes no result."""

    epochs: PositiveInt | None = Field(None, description="After every so many epochs.")
    seconds: PositiveFloat | None = Field(
        None, description="Every so many seconds, in the middle of an epoch too; for at most 2 % of the time."
    )

    @model_validator(mode="after")
    def _names_one(self) -> "CheckpointEvery":
        if self.epochs is None and self.seconds is None:
            raise problems_at([((), "expected epochs, seconds or both, such as {seconds: 60}")])
        return self


def _device(value: str) -> str:
    if not re.fullmatch(r"auto|cpu|gpu(:[0-9]{1,3})?", value):
        raise ValueError(f"expected auto, cpu, gpu or gpu:N, got {describe(value)}")
    return value


ClassWeights = Literal["balanced"] | dict[str, PositiveFloat] | None


class Training(Parameters):
    """How long and with what the network is trained."""

    epochs: PositiveInt = Field(10, description="How often every training image is seen.")
    steps: PositiveInt | None = Field(
        None,
        description="Steps in all, in place of epochs; rounded up to whole epochs. null: as epochs says.",
    )
    batch_size: PositiveInt = Field(
        32, description="Images per step; the last batch of an epoch may be smaller."
    )
    steps_per_epoch: PositiveInt | None = Field(
        None,
        description="Steps that count as an epoch; the next goes on where the last one stopped. null: as many as show "
        "every image once.",
    )
    ensemble: SmallInt = Field(
        1,
        description="Networks of a repeat, on the same images, each with its own start, order and augmentation; the "
        "saved model averages their probabilities.",
    )
    optimizer: OptimizerChoice = Field("adam", description="What turns gradients into steps.")
    schedule: ScheduleChoice = Field("constant", description="How the learning rate changes.")
    label_smoothing: Rate = Field(0.0, description="Share of each label that is spread over all classes.")
    class_weights: ClassWeights = Field(
        None,
        description="How much an image of a class counts in the training loss, by the class's name (1 for those left "
        "out); balanced: as much as makes the classes of the training images weigh alike; null: all alike.",
    )
    logit_adjustment: NonNegativeFloat = Field(
        0.0,
        description="In the training loss, the logarithm of each class's share of the training images is added to its "
        "logit, times this: with 1 the network learns to answer as if all classes were equally frequent.",
    )
    metrics: tuple[MetricItem, ...] = Field(("accuracy",), description="Accuracy is always among them.")
    validation_every: PositiveInt = Field(
        1, description="Validate after every so many epochs, and after the last."
    )
    early_stopping: EarlyStopping | None = Field(None, description="When to stop early; null: never.")
    restore_best: Monitor | None = Field(
        None, description="Keep the weights of the best epoch by this figure."
    )
    weight_averaging: WeightAveraging | None = Field(None, description="Average the weights over steps.")
    checkpoint_every: CheckpointEvery = Field(
        default_factory=lambda: CheckpointEvery(seconds=60.0),
        description="How often the state is written to disk, to resume from; it changes no result.",
    )
    precision: Literal["float32", "mixed_float16", "mixed_bfloat16"] = Field(
        "float32", description="What the layers compute in."
    )
    backend: Literal["tensorflow", "torch", "jax"] = Field(
        "tensorflow", description="What Keras computes with; torch and jax are extras to install."
    )
    device: Annotated[str, AfterValidator(_device)] = Field("auto", description="auto, cpu, gpu or gpu:N.")
    devices: SmallInt = Field(
        1,
        description="GPUs of one repeat, each with its even share of every batch (MirroredStrategy on TensorFlow, "
        "DataParallel on JAX); on the CPU logical devices, for trials.",
    )
    threads: SmallInt | Literal["auto"] = Field("auto", description="CPU threads of one repeat.")
    deterministic: bool = Field(
        False, description="Deterministic operations on a GPU too, at a cost in speed."
    )

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
    def _fits_together(self) -> "Training":
        found = list(training_contradictions(self))
        if found:
            raise problems_at(found)
        return self


class Evaluation(Parameters):
    """How the trained network is measured, in the end and by 'cnnlab evaluate' and 'cnnlab predict'."""

    tta: ViewSetChoice = Field(
        "none", description="Test-time averaging: the views of each image whose probabilities are averaged."
    )


class Resources(Parameters):
    """What one repeat takes of a node, where Ray or SLURM executes it; it changes no result."""

    cpus: PositiveFloat | None = Field(None, description="CPUs; null: one for each of its threads.")
    gpus: NonNegativeFloat = Field(
        0.0, description="GPUs; a fraction, such as 0.25, where repeats share one (Ray alone)."
    )
    memory: Megabytes | None = Field(
        None, description="Megabytes, or text such as 4 GB; null: not asked for."
    )
    minutes: PositiveInt | None = Field(
        None, description="SLURM's limit of time for a repeat; null: that of the partition."
    )


Loss = Annotated[float, Field(ge=0)]
Figure = Annotated[Loss | tuple[Loss, ...] | None, Field(description="One number, or one per repeat.")]
Share = Annotated[
    Fraction | tuple[Fraction, ...] | None,
    Field(description="One number from 0 to 1, or one per repeat; not in percent."),
]


class Published(Parameters):
    """Values from a publication, to stand beside ours: one number, or one per repeat."""

    source: str = Field(description="Where they stand, as in a list of references.")
    dataset: str = Field(
        description="The data set that they were measured on; beside others: not comparable."
    )
    train_loss: Figure = None
    train_cross_entropy: Figure = None
    train_accuracy: Share = None
    train_auc: Share = None
    train_auc_onehot: Share = None
    validation_loss: Figure = None
    validation_cross_entropy: Figure = None
    validation_accuracy: Share = None
    validation_auc: Share = None
    validation_auc_onehot: Share = None
    test_loss: Figure = None
    test_cross_entropy: Figure = None
    test_accuracy: Share = None
    test_auc: Share = None
    test_auc_onehot: Share = None


def _name(value: str) -> str:
    if not value.strip() or not value.isprintable() or len(value) > 100:
        raise ValueError(f"expected 1 to 100 printable characters, got {describe(value)}")
    return value


class Config(Parameters):
    """A whole experiment."""

    name: Annotated[str, AfterValidator(_name)] = Field(
        description="What tables call it; part of the folder's name."
    )
    seed: Annotated[int, Field(ge=0, lt=2**63)] = Field(0, description="All randomness comes from it.")
    repeats: Annotated[int, Field(ge=1, le=10_000)] = Field(
        1, description="How often to train, each time anew."
    )
    extensions: tuple[ConfigPath, ...] = Field(
        (), description="Python files that register blocks and the like."
    )
    data: Data
    preprocess: tuple[PreprocessingItem, ...] = Field(
        (), description="Fixed steps before scaling, for every image alike; the saved model holds them."
    )
    augment: tuple[AugmentationItem, ...] = Field(
        (), description="What happens to training images, in this order."
    )
    augmentation_check: Literal["error", "warn", "off"] = Field(
        "error",
        description="What follows when the augmentation, tried on training images, leaves their range, clips them or "
        "empties them: refuse to train, warn, or do not try.",
    )
    model: Annotated[tuple[BlockItem, ...], Field(min_length=1)] = Field(
        description="The network: its blocks in order."
    )
    training: Training = Field(default_factory=lambda: Training.model_validate({}))
    evaluation: Evaluation = Field(default_factory=lambda: Evaluation.model_validate({}))
    logging: tuple[LoggerItem, ...] = Field(
        (), description="What else is told of a training as it goes on: tensorboard, mlflow, wandb."
    )
    resources: Resources = Field(default_factory=lambda: Resources.model_validate({}))
    published: Published | None = None
    sweep: Sweep | None = Field(None, description="Values to try: many cells, each trained 'repeats' times.")

    @model_serializer(mode="wrap")
    def _without_a_sweep(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """One experiment says nothing of sweeps."""
        plain = handler(self)
        return plain if self.sweep is not None else {k: plain[k] for k in plain if k != "sweep"}

    @model_validator(mode="after")
    def _fits_together(self) -> "Config":
        found = list(config_contradictions(self))
        if found:
            raise problems_at(found)
        return self


__all__ = ["Config", "Data", "EarlyStopping", "Evaluation", "Published", "Training", "WeightAveraging"]
