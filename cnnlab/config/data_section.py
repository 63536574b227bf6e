"""The section `data` of a config."""

from typing import Annotated, Any

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, core_schema

from cnnlab.config.roles import Role
from cnnlab.config_errors import custom_errors, relocated
from cnnlab.datasets import dataset
from cnnlab.errors import describe
from cnnlab.items import Item, chosen
from cnnlab.parameters import Megabytes, PositiveInt, Rate, ValueRange
from cnnlab.registry import Parameters, unknown_key

DatasetChoice = Annotated[Item, chosen(dataset)]


class Data(Parameters):
    """Which images, how many, how split and scaled; further keys are the data set's own parameters."""

    dataset: Annotated[DatasetChoice, Role.RESULTS] = Field(description="A name of 'cnnlab datasets'.")
    train_size: Annotated[PositiveInt | None, Role.IMAGES] = Field(
        None, description="Training images, drawn anew for each repeat; null: all."
    )
    validation_fraction: Annotated[Rate, Role.IMAGES] = Field(
        0.1,
        description="Share of the training part that is set aside for validation; whole groups where the images have "
        "groups, such as patients.",
    )
    stratified: Annotated[bool, Role.IMAGES] = Field(
        False,
        description="Whether each class keeps its share in the drawn validation images and in train_size, rather than "
        "what chance gives it.",
    )
    scale: Annotated[ValueRange, Role.RESULTS] = Field(
        (-1.0, 1.0), description="The range that pixel values 0 to 255 are mapped to."
    )
    standardize: Annotated[bool, Role.RESULTS] = Field(
        False,
        description="Then subtract each channel's mean and divide by its standard deviation, both those of the "
        "repeat's own training images. Augmentation comes before it.",
    )
    limit_per_split: Annotated[PositiveInt | None, Role.IMAGES] = Field(
        None, description="At most this many images of each split, for test runs."
    )
    group_blocks: Annotated[PositiveInt | None, Role.FIGURES] = Field(
        None,
        description="Where images have no groups: so many neighbours of the validation and of the test images are one "
        "in the intervals by groups of a report, for images in the order of their slides. Nothing is drawn by them.",
    )
    audit: Annotated[bool, Role.RUNNING] = Field(
        True,
        description="Look for duplicates, near duplicates, unlike labels, blank images, and classes of unlike "
        "brightness before training; see docs/data.md.",
    )
    memory_budget: Annotated[Megabytes, Role.RUNNING] = Field(
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
            raise custom_errors([(("dataset",), f"expected the name of a data set, got {describe(name)}")])
        common = {key: entry for key, entry in value.items() if key in cls.model_fields}
        own = {key: entry for key, entry in value.items() if key not in cls.model_fields}
        if "name" in own:
            raise custom_errors([(("name",), unknown_key("name", cls._keys(name)))])
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
    def _lifted(cls, name: str, error: ErrorDetails) -> InitErrorDetails:
        """An error about a data set's own parameter, at the place where YAML has it."""
        location = error["loc"]
        if location[0] != "dataset" or len(location) == 1:
            return relocated(error, location)
        if error["type"] == "unknown key" and len(location) == 2:
            error["msg"] = unknown_key(location[1], cls._keys(name))
        return relocated(error, location[1:])

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


dataset.reserve(Data.model_fields)
