"""The config: one frozen tree of checked values. Nothing else travels through cnnlab."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SerializerFunctionWrapHandler, model_serializer

from cnnlab.augment import augmentation
from cnnlab.blocks import block
from cnnlab.config.data_section import Data
from cnnlab.config.installed import LoggerInstalled
from cnnlab.config.published_section import Published
from cnnlab.config.roles import Role
from cnnlab.config.sections import Evaluation, Resources
from cnnlab.config.sweep_schema import Sweep
from cnnlab.config.training_section import Training
from cnnlab.config_paths import ConfigPath
from cnnlab.errors import describe
from cnnlab.items import Item, listed
from cnnlab.loggers import logger
from cnnlab.preprocess import preprocessing
from cnnlab.registry import Parameters

PreprocessingItem = Annotated[Item, listed(preprocessing)]
AugmentationItem = Annotated[Item, listed(augmentation)]
BlockItem = Annotated[Item, listed(block)]

LoggerItem = Annotated[Item, listed(logger), LoggerInstalled]


def _name(value: str) -> str:
    if not value.strip() or not value.isprintable() or len(value) > 100:
        raise ValueError(f"expected 1 to 100 printable characters, got {describe(value)}")
    return value


class Config(Parameters):
    """A whole experiment."""

    name: Annotated[str, AfterValidator(_name), Role.LABEL] = Field(
        description="Its name in tables; part of the run folder's name."
    )
    seed: Annotated[int, Field(ge=0, lt=2**63), Role.SAMPLE] = Field(
        0, description="The seed of all random numbers."
    )
    repeats: Annotated[int, Field(ge=1, le=10_000), Role.SAMPLE] = Field(
        1, description="How many times to train, each time from new weights."
    )
    extensions: Annotated[tuple[ConfigPath, ...], Role.RESULTS] = Field(
        (), description="Python files that register blocks and the like."
    )
    data: Data
    preprocess: Annotated[tuple[PreprocessingItem, ...], Role.RESULTS] = Field(
        (), description="Fixed steps before scaling, for every image alike; the saved model holds them."
    )
    augment: Annotated[tuple[AugmentationItem, ...], Role.RESULTS] = Field(
        (), description="What happens to training images, in this order."
    )
    augmentation_check: Annotated[Literal["error", "warn", "off"], Role.RUNNING] = Field(
        "error",
        description="What to do when the augmentation, tried on training images, leaves their range, clips them or "
        "empties them: refuse to train, warn, or do not try.",
    )
    model: Annotated[tuple[BlockItem, ...], Field(min_length=1), Role.RESULTS] = Field(
        description="The network: its blocks in order."
    )
    training: Training = Field(default_factory=Training)
    evaluation: Evaluation = Field(default_factory=Evaluation)
    logging: Annotated[tuple[LoggerItem, ...], Role.LABEL] = Field(
        (), description="Where else the progress of a training is logged: tensorboard, mlflow, wandb."
    )
    resources: Annotated[Resources, Role.RUNNING] = Field(default_factory=Resources)
    published: Annotated[Published | None, Role.LABEL] = None
    sweep: Annotated[Sweep | None, Role.RESULTS] = Field(
        None, description="Values to try: many cells, each trained 'repeats' times."
    )

    def with_training(self, **changes: Any) -> "Config":
        """The config with other values in its section `training`."""
        return self.model_copy(update={"training": self.training.model_copy(update=changes)})

    @model_serializer(mode="wrap")
    def _without_a_sweep(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """One experiment says nothing about sweeps."""
        plain = handler(self)
        return plain if self.sweep is not None else {k: plain[k] for k in plain if k != "sweep"}
