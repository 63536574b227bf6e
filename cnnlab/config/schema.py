"""The config: one frozen tree of checked values. Nothing else travels through cnnlab."""

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    ModelWrapValidatorHandler,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from cnnlab.augment import augmentation
from cnnlab.blocks import block
from cnnlab.config.items import Item, chosen, describe, listed, relocated, validate_at
from cnnlab.config.paths import ConfigPath
from cnnlab.datasets import dataset
from cnnlab.metrics import metric
from cnnlab.optimizers import optimizer
from cnnlab.parameters import Monitor, NonNegativeFloat, PositiveInt, Rate, SmallInt
from cnnlab.registry import Parameters, did_you_mean
from cnnlab.schedules import schedule


OptimizerChoice: Any = chosen(optimizer)
ScheduleChoice: Any = chosen(schedule)
MetricItem: Any = listed(metric)
AugmentationItem: Any = listed(augmentation)
BlockItem: Any = listed(block)


class Section(Parameters):
    """A part of the config; a misspelt key is told the valid ones."""

    @model_validator(mode="wrap")
    @classmethod
    def _name_valid_keys(cls, value: Any, handler: ModelWrapValidatorHandler[Any]) -> Any:
        try:
            return handler(value)
        except ValidationError as error:
            details = [_explain(cls.model_fields, e) for e in error.errors(include_url=False)]
            raise ValidationError.from_exception_data(cls.__name__, details) from None


def _explain(fields: Any, error: Any) -> Any:
    """The error, with the valid keys where it is about an unknown one of this level."""
    if error["type"] == "extra_forbidden" and len(error["loc"]) == 1:
        key = error["loc"][0]
        problem = f"unknown key '{key}'{did_you_mean(str(key), fields)}; valid: {', '.join(fields)}"
        error = {**error, "type": "problem", "msg": problem, "ctx": {}}
    return relocated(error, ())


class Data(Section):
    """Which images, how many, how split and scaled; further keys are the data set's own parameters."""

    dataset: Any = Field(description="A name of 'cnnlab datasets'; an `Item` once checked.")
    train_size: PositiveInt | None = Field(None, description="Training images, drawn anew for each repeat; null: all.")
    validation_fraction: Rate = Field(0.1, description="Share of the training part that is set aside for validation.")
    scale: tuple[float, float] = Field((-1.0, 1.0), description="The range that pixel values 0 to 255 are mapped to.")
    limit_per_split: PositiveInt | None = Field(None, description="At most so many images of each split, for trials.")

    @model_validator(mode="wrap")
    @classmethod
    def _gather_dataset_parameters(cls, value: Any, handler: ModelWrapValidatorHandler[Any], info: ValidationInfo) -> Any:
        if not isinstance(value, dict) or "dataset" not in value:
            return handler(value)
        name = value["dataset"]
        if not isinstance(name, str) or name not in dataset:
            problem = dataset.unknown(name) if isinstance(name, str) else f"expected a name, got {describe(name)}"
            return handler({**_common(value), "dataset": _Failed(problem)})
        parameters = dataset.get(name).parameters
        own = {k: v for k, v in value.items() if k not in cls.model_fields}
        details, item = [], None
        try:
            item = Item(name, validate_at((), parameters, own, info))
        except ValidationError as error:
            fields = [*cls.model_fields, *parameters.model_fields]
            details += [_explain(fields, e) for e in error.errors(include_url=False)]
        try:
            result = handler({**_common(value), "dataset": item or _Failed("")})
        except ValidationError as error:
            details += [relocated(e, ()) for e in error.errors(include_url=False) if e["msg"]]
        if details:
            raise ValidationError.from_exception_data("data", details)
        return result

    @field_validator("dataset", mode="plain")
    @classmethod
    def _checked_dataset(cls, value: Any) -> Item:
        if isinstance(value, _Failed):
            raise PydanticCustomError("problem", "{problem}", {"problem": value.problem})
        if not isinstance(value, Item):
            raise PydanticCustomError("problem", "{problem}", {"problem": f"expected a name, got {describe(value)}"})
        return value

    @field_validator("scale")
    @classmethod
    def _increasing(cls, value: tuple[float, float]) -> tuple[float, float]:
        if not value[0] < value[1]:
            raise ValueError(f"expected [low, high] with low below high, got [{value[0]}, {value[1]}]")
        return value

    @model_serializer(mode="wrap")
    def _flatten(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        result = {k: v for k, v in handler(self).items() if k != "dataset"}
        return {"dataset": self.dataset.name, **self.dataset.dump(), **result}


class _Failed:
    """Stands for a data set that could not be checked."""

    def __init__(self, problem: str) -> None:
        self.problem = problem


def _common(value: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in value.items() if k in Data.model_fields}


class EarlyStopping(Section):
    """Stop when the validation figure has not improved for `patience` validations."""

    monitor: Monitor = "val_loss"
    patience: PositiveInt = 10
    min_delta: NonNegativeFloat = 0.0


class WeightAveraging(Section):
    """Keras' exponential moving average of the weights; validation and the saved model use the average."""

    momentum: Rate = 0.99


def _device(value: str) -> str:
    if not re.fullmatch(r"auto|cpu|gpu(:[0-9]{1,3})?", value):
        raise ValueError(f"expected auto, cpu, gpu or gpu:N, got '{value}'")
    return value


class Training(Section):
    """How long and with what the network is trained."""

    epochs: PositiveInt = 10
    batch_size: PositiveInt = 32
    optimizer: OptimizerChoice = Field("adam")
    schedule: ScheduleChoice = Field("constant")
    label_smoothing: Rate = 0.0
    metrics: tuple[MetricItem, ...] = ("accuracy",)
    validation_every: PositiveInt = Field(1, description="Validate after every so many epochs, and after the last.")
    early_stopping: EarlyStopping | None = None
    restore_best: Monitor | None = Field(None, description="Keep the weights of the best epoch by this figure.")
    weight_averaging: WeightAveraging | None = None
    precision: Literal["float32", "mixed_float16", "mixed_bfloat16"] = "float32"
    device: Annotated[str, AfterValidator(_device)] = "auto"
    threads: SmallInt | Literal["auto"] = Field("auto", description="CPU threads of one repeat.")
    deterministic: bool = Field(False, description="Deterministic operations on a GPU too, at a cost in speed.")

    @field_validator("metrics")
    @classmethod
    def _accuracy_first(cls, value: tuple[Item, ...]) -> tuple[Item, ...]:
        names = [item.name for item in value]
        if len(set(names)) < len(names):
            raise ValueError(f"a metric stands twice in {', '.join(names)}")
        accuracy = Item("accuracy", metric.get("accuracy").parameters())
        return value if "accuracy" in names else (accuracy, *value)


Value = Annotated[float, Field()]


class Published(Section):
    """Values from a publication, to stand beside ours: one number, or one per repeat."""

    source: str
    dataset: str = Field(description="The data set that they were measured on; beside others: not comparable.")
    train_loss: Value | tuple[Value, ...] | None = None
    train_accuracy: Value | tuple[Value, ...] | None = None
    train_auc: Value | tuple[Value, ...] | None = None
    validation_loss: Value | tuple[Value, ...] | None = None
    validation_accuracy: Value | tuple[Value, ...] | None = None
    validation_auc: Value | tuple[Value, ...] | None = None
    test_loss: Value | tuple[Value, ...] | None = None
    test_accuracy: Value | tuple[Value, ...] | None = None
    test_auc: Value | tuple[Value, ...] | None = None


def _name(value: str) -> str:
    if not value.strip() or not value.isprintable() or len(value) > 100:
        raise ValueError(f"expected 1 to 100 printable characters, got {describe(value)}")
    return value


Seed = Annotated[int, Field(ge=0, lt=2**63)]


class Config(Section):
    """A whole experiment."""

    name: Annotated[str, AfterValidator(_name)]
    seed: Seed = 0
    repeats: Annotated[int, Field(ge=1, le=10_000)] = 1
    extensions: tuple[ConfigPath, ...] = Field((), description="Python files that register blocks and the like.")
    data: Data
    augment: tuple[AugmentationItem, ...] = ()
    model: Annotated[tuple[BlockItem, ...], Field(min_length=1)]
    training: Training = Field(default_factory=lambda: Training())
    published: Published | None = None


__all__ = ["Config", "Data", "EarlyStopping", "Published", "Training", "WeightAveraging"]
