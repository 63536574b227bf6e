"""``cnnlab blocks``: what a config's lists may name."""

from collections.abc import Mapping
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
    tell_of(name, registries)
    if as_json:
        print_json(
            {
                entry.name: {"doc": entry.doc, "schema": entry.parameters.model_json_schema()}
                for entry in entries(name, registries)
            }
        )


def tell_of(name: str, registries: Mapping[str, Any]) -> None:
    """Print what an entry does, and its parameters; ConfigError when no registry has it."""
    found = entries(name, registries)
    if not found:
        from cnnlab.registry import did_you_mean

        names = [each for registry in registries.values() for each in registry]
        kinds = f"{', '.join(list(registries)[:-1])} or {list(registries)[-1]}".removeprefix(" or ")
        raise ConfigError(
            f"there is no {kinds} '{name}'{did_you_mean(name, names)}; valid: {', '.join(names)}."
        )
    for entry in found:
        _tell(entry)


def entries(name: str, registries: Mapping[str, Any]) -> list[Any]:
    """The entries of that name, of all registries."""
    return [registry.get(name) for registry in registries.values() if name in registry]


def _registries() -> dict[str, Any]:
    from cnnlab.augment import augmentation
    from cnnlab.augment.views import view_set
    from cnnlab.blocks import block
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
    paragraphs = [
        " ".join(text.split()) for text in entry.doc.split("\n\n") if not text.startswith("Parameters:")
    ]
    out.print(f"[bold]{entry.name}[/bold]\n\n{escape(chr(10).join(paragraphs))}\n")
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("parameter", "default", "values, and what they mean"):
        table.add_column(heading, no_wrap="values" not in heading)
    for name, field in entry.parameters.model_json_schema().get("properties", {}).items():
        required = name in entry.parameters.model_json_schema().get("required", [])
        meaning = f"\n[dim]{escape(field['description'])}[/dim]" if field.get("description") else ""
        default = "required" if required else _yaml(field.get("default"))
        table.add_row(name, default, escape(_values(field)) + meaning)
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
