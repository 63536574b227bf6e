"""Fields whose value names a registry entry: a block, an augmentation, an optimizer, ...

In YAML an item of a list is ``name`` or ``{name: {parameters}}``; a single choice, such as the optimizer, is
``name`` or ``{name: adam, parameters...}``. Both become an `Item` with checked parameters.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError, ValidationInfo
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from cnnlab.registry import Entry, Parameters, Registry


@dataclass(frozen=True)
class Item:
    """A registry entry, chosen and parametrised by a config."""

    name: str
    parameters: Parameters

    def dump(self) -> dict[str, Any]:
        """The parameters as plain data, defaults included."""
        return self.parameters.model_dump(mode="json")


class _ItemSchema:
    """Pydantic's view of an item: `parse` to (name, parameters, error location), `dump` back to YAML's form."""

    def __init__(self, registry: Registry, *, listed: bool) -> None:
        self.registry = registry
        self.listed = listed

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(
            self.validate, serialization=core_schema.plain_serializer_function_ser_schema(self.serialize)
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        entries = [self.registry.get(name) for name in self.registry]
        return {"anyOf": [form for entry in entries for form in self.json_forms(entry)]}

    def json_forms(self, entry: Entry) -> list[dict[str, Any]]:
        schema = entry.parameters.model_json_schema()
        schema["description"] = entry.summary
        forms: list[dict[str, Any]] = []
        if not schema.get("required"):
            forms.append({"const": entry.name, "description": entry.summary})
        if self.listed:
            holder = {"type": "object", "properties": {entry.name: schema}}
            forms.append({**holder, "required": [entry.name], "additionalProperties": False})
        else:
            schema["properties"] = {"name": {"const": entry.name}, **schema.get("properties", {})}
            schema["required"] = ["name", *schema.get("required", [])]
            forms.append(schema)
        return forms

    def validate(self, value: Any, info: ValidationInfo) -> Item:
        if isinstance(value, Item):
            return value
        name, given = self.split(value)
        if name not in self.registry:
            raise PydanticCustomError("unknown_name", "{problem}", {"problem": self.registry.unknown(name)})
        return Item(name, validate_at((name,) if self.listed else (), self.registry.get(name).parameters, given, info))

    def split(self, value: Any) -> tuple[str, dict[str, Any]]:
        if isinstance(value, str):
            return value, {}
        if isinstance(value, dict):
            name, given = self.split_listed(value) if self.listed else self.split_choice(value)
            if isinstance(name, str) and isinstance(given, dict):
                return name, given
        form = "'name' or '{name: {parameters}}'" if self.listed else "'name' or '{name: ..., parameters}'"
        example = ", ".join(list(self.registry)[:3])
        raise PydanticCustomError(
            "item_form",
            "expected a {kind} as {form} (such as {example}), got {received}",
            {"kind": self.registry.kind, "form": form, "example": example, "received": describe(value)},
        )

    def split_listed(self, value: dict[str, Any]) -> tuple[Any, Any]:
        if len(value) != 1:
            return None, None
        name, given = next(iter(value.items()))
        return name, {} if given is None else given

    def split_choice(self, value: dict[str, Any]) -> tuple[Any, Any]:
        return value.get("name"), {key: entry for key, entry in value.items() if key != "name"}

    def serialize(self, item: Item) -> Any:
        given = item.dump()
        if self.listed:
            return {item.name: given} if given else item.name
        return {"name": item.name, **given}


def validate_at(
    location: tuple[str | int, ...], model: type[Parameters], value: Any, info: ValidationInfo
) -> Parameters:
    """Validate `value` as `model`, with the errors' locations below `location`."""
    try:
        return model.model_validate(value, context=info.context)
    except ValidationError as error:
        details = [relocated(detail, location) for detail in error.errors(include_url=False)]
        raise ValidationError.from_exception_data(model.__name__, details) from None


def relocated(detail: Any, prefix: tuple[str | int, ...]) -> InitErrorDetails:
    """An error of a nested validation as pydantic takes it, below `prefix`."""
    context = detail.get("ctx", {})
    kind: Any = detail["type"]
    if kind in {"unknown_name", "item_form", "problem"}:
        kind = PydanticCustomError("problem", "{problem}", {"problem": detail["msg"]})
    return InitErrorDetails(type=kind, loc=(*prefix, *detail["loc"]), input=detail["input"], ctx=context)


def describe(value: Any) -> str:
    """What was received, in words: "the text 'x'", "a list of 3", "nothing"."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text '{value if len(value) <= 40 else value[:37] + '...'}'"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, dict):
        return f"a map with {', '.join(map(repr, list(value)[:5]))}" if value else "an empty map"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return f"a {type(value).__name__}"


def listed(registry: Registry) -> Any:
    """The type of a list's item that names an entry of `registry`."""
    return Annotated[Item, _ItemSchema(registry, listed=True)]


def chosen(registry: Registry) -> Any:
    """The type of a field that chooses one entry of `registry`."""
    return Annotated[Item, _ItemSchema(registry, listed=False)]

