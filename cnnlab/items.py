"""Fields whose value names a registry entry: a block, an augmentation, an optimizer, ...

In YAML an item of a list is ``name`` or ``{name: {parameters}}``; a single choice, such as the optimizer, is
``name`` or ``{name: adam, parameters...}``. Both become an `Item` with checked parameters.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError, ValidationInfo
from pydantic_core import core_schema

from cnnlab.config_errors import UNKNOWN_NAME, Key, custom_error, relocated
from cnnlab.errors import describe
from cnnlab.registry import Entry, Parameters, Registry

EXTENSION_MODULES = "cnnlab_extension_"
"""How the names of modules begin that extension files become."""
EXTENSIONS = "extensions"
"""The key of a validation's context that holds the modules of a config's own extensions: others may be loaded, too."""


@dataclass(frozen=True)
class Item:
    """A registry entry, chosen and parametrised by a config."""

    name: str
    parameters: Parameters

    def dump(self) -> dict[str, Any]:
        """The parameters as plain data, defaults included."""
        return self.parameters.model_dump(mode="json")


@dataclass(frozen=True)
class _ItemSchema:
    """Pydantic's view of an item: from YAML's form to an `Item`, and back."""

    registry: Registry
    listed: bool

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(
            self.validate, serialization=core_schema.plain_serializer_function_ser_schema(self.serialize)
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        entries = [self.registry.get(name) for name in self.registry]
        alone = [
            {"const": entry.name, "description": entry.summary} for entry in entries if not required(entry)
        ]
        if self.listed:
            return {"anyOf": [*alone, _listed_form(entries, handler)]}
        return {"anyOf": [*alone, *(_chosen_form(entry, handler) for entry in entries)]}

    def validate(self, value: Any, info: ValidationInfo) -> Item:
        if isinstance(value, Item):
            return value
        name, given = self.split(value)
        if name not in self.registry:
            raise custom_error(self.registry.unknown(name), UNKNOWN_NAME)
        entry = self.registry.get(name)
        module, named = entry.function.__module__, (info.context or {}).get(EXTENSIONS)
        if module.startswith(EXTENSION_MODULES) and named is not None and module not in named:
            kind = self.registry.kind
            text = f"the {kind} '{name}' is of an extension that this config does not name: add it to 'extensions'"
            raise custom_error(text, UNKNOWN_NAME)
        below: Key = (name,) if self.listed else ()
        try:
            parameters = entry.parameters.model_validate(given, context=info.context)
        except ValidationError as error:
            details = [relocated(e, (*below, *e["loc"])) for e in error.errors(include_url=False)]
            raise ValidationError.from_exception_data(name, details) from None
        wrong = entry.check(parameters) if entry.check is not None else None
        if wrong is not None:
            raise custom_error(wrong)
        return Item(name, parameters)

    def split(self, value: Any) -> tuple[str, dict[str, Any]]:
        if isinstance(value, str):
            return value, {}
        if isinstance(value, dict):
            name, given = self.split_listed(value) if self.listed else self.split_choice(value)
            if isinstance(name, str) and isinstance(given, dict):
                return name, given
        form = "'name' or '{name: {parameters}}'" if self.listed else "'name' or '{name: ..., parameters}'"
        kind = self.registry.kind
        article = "an" if kind[0] in "aeiou" else "a"
        example = ", ".join(list(self.registry)[:3])
        raise custom_error(f"expected {article} {kind} as {form} (such as {example}), got {describe(value)}")

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


def listed(registry: Registry) -> _ItemSchema:
    """Annotates the `Item` of a list that names an entry of `registry`."""
    return _ItemSchema(registry, listed=True)


def chosen(registry: Registry) -> _ItemSchema:
    """Annotates the `Item` of a field that chooses one entry of `registry`."""
    return _ItemSchema(registry, listed=False)


def required(entry: Entry) -> bool:
    """Whether `entry` has a parameter without a default."""
    return any(field.is_required() for field in entry.parameters.model_fields.values())


def _listed_form(entries: list[Entry], handler: GetJsonSchemaHandler) -> dict[str, Any]:
    """JSON Schema of ``{name: {parameters}}``."""
    properties: dict[str, Any] = {}
    for entry in entries:
        reference = handler(entry.parameters.__pydantic_core_schema__)
        forms = [reference] if required(entry) else [reference, {"type": "null"}]
        properties[entry.name] = {"description": entry.summary, "anyOf": forms}
    one = {"minProperties": 1, "maxProperties": 1, "additionalProperties": False}
    return {"type": "object", "properties": properties, **one}


def _chosen_form(entry: Entry, handler: GetJsonSchemaHandler) -> dict[str, Any]:
    """JSON Schema of ``{name: ..., parameters}``."""
    own = handler.resolve_ref_schema(handler(entry.parameters.__pydantic_core_schema__))
    return {
        "type": "object",
        "description": entry.summary,
        "properties": {"name": {"const": entry.name}, **own.get("properties", {})},
        "required": ["name", *own.get("required", [])],
        "additionalProperties": False,
    }
