"""JSON Schema of the config, so that editors complete and check a YAML file while it is written."""

from typing import Any

from cnnlab.config.schema import Config

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def config_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) of a config with the blocks, data sets, ... that are registered now.

    It holds what one key can know alone; whether keys fit together is left to ``cnnlab config check``.
    """
    schema = _without_titles(Config.model_json_schema())
    return {"$schema": DIALECT, "title": "cnnlab config", **schema}


def _without_titles(schema: Any) -> Any:
    """The schema without pydantic's titles, which repeat the keys; a property may itself be called title."""
    if isinstance(schema, list):
        return [_without_titles(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: entry for key, entry in schema.items() if key != "title" or not isinstance(entry, str)}
    return {key: _without_titles(entry) for key, entry in kept.items()}
