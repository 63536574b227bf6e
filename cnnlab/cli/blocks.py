"""``cnnlab blocks``: what a config's lists may name."""

from typing import Annotated, Any

import typer

from cnnlab.cli.options import Json, console, print_json
from cnnlab.errors import ConfigError


def blocks(
    name: Annotated[str | None, typer.Argument(help="Tell all about this one.")] = None, as_json: Json = False
) -> None:
    """List what a config may name: blocks, augmentations, optimizers, schedules, metrics and so on.

    Example: cnnlab blocks conv_block
    """
    registries = _registries()
    if name is None:
        _list(registries)
        if as_json:
            print_json(
                {
                    kind: {n: registry.get(n).summary for n in registry}
                    for kind, registry in registries.items()
                }
            )
        return
    found = [registry.get(name) for registry in registries.values() if name in registry]
    if not found:
        raise ConfigError(registries["block"].unknown(name) + ".")
    for entry in found:
        _tell(entry)
    if as_json:
        print_json(
            {
                entry.name: {"doc": entry.doc, "schema": entry.parameters.model_json_schema()}
                for entry in found
            }
        )


def _registries() -> dict[str, Any]:
    from cnnlab.augment import augmentation
    from cnnlab.blocks import block
    from cnnlab.inference.views import view_set
    from cnnlab.loggers import logger
    from cnnlab.metrics import metric
    from cnnlab.optimizers import optimizer
    from cnnlab.preprocess import preprocessing
    from cnnlab.schedules import schedule

    registries = (block, preprocessing, augmentation, optimizer, schedule, metric, view_set, logger)
    return {registry.kind: registry for registry in registries}


def _list(registries: dict[str, Any]) -> None:
    from rich.table import Table

    out = console()
    for kind, registry in registries.items():
        table = Table(
            box=None,
            show_header=False,
            padding=(0, 2, 0, 0),
            title=f"{kind}s",
            title_justify="left",
            title_style="bold",
        )
        table.add_column(no_wrap=True)
        table.add_column()
        for name in registry:
            table.add_row(name, registry.get(name).summary)
        out.print(table)
        out.print()


def _tell(entry: Any) -> None:
    from rich.markup import escape
    from rich.table import Table

    out = console()
    paragraphs = [" ".join(paragraph.split()) for paragraph in entry.doc.split("\n\n")]
    out.print(f"[bold]{entry.name}[/bold]\n\n{escape(chr(10).join(paragraphs))}\n")
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("parameter", "default", "values"):
        table.add_column(heading, no_wrap=heading != "values")
    for name, field in entry.parameters.model_json_schema().get("properties", {}).items():
        required = name in entry.parameters.model_json_schema().get("required", [])
        table.add_row(name, "required" if required else _yaml(field.get("default")), escape(_values(field)))
    if table.row_count:
        out.print(table)


def _yaml(value: Any) -> str:
    from json import dumps

    return dumps(value)


def _values(field: dict[str, Any]) -> str:
    """A JSON Schema's constraint in a few words."""
    if "anyOf" in field:
        return " or ".join(_values(option) for option in field["anyOf"])
    if "enum" in field:
        return ", ".join(map(str, field["enum"]))
    words = {
        "integer": "whole number",
        "number": "number",
        "string": "text",
        "boolean": "true or false",
        "null": "null",
    }
    text = words.get(field.get("type", ""), field.get("type", ""))
    if field.get("type") == "array":
        items = [_values(item) for item in field.get("prefixItems", [])]
        text = f"[{', '.join(items)}]" if items else "list"
    bounds = {
        "minimum": "at least",
        "exclusiveMinimum": "above",
        "maximum": "at most",
        "exclusiveMaximum": "below",
    }
    limits = [f"{word} {field[key]:,}" for key, word in bounds.items() if key in field]
    return f"{text} {' and '.join(limits)}".strip()
