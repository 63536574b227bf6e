"""``cnnlab blocks``: what a config's lists may name."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from cnnlab.augment import augmentation
from cnnlab.augment.views import view_set
from cnnlab.blocks import block
from cnnlab.cli.options import Json, console, print_json
from cnnlab.errors import ConfigError, did_you_mean
from cnnlab.loggers import logger
from cnnlab.metrics import metric
from cnnlab.optimizers import optimizer
from cnnlab.preprocess import preprocessing
from cnnlab.schedules import schedule

ALL = (block, preprocessing, augmentation, optimizer, schedule, metric, view_set, logger)
REGISTRIES: Mapping[str, Any] = {registry.kind: registry for registry in ALL}


def blocks(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Show this one, with its parameters.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List what a config may name: blocks, metrics and so on.

    Example: cnnlab blocks conv_block

    These are blocks, preprocessing, augmentations, optimizers, schedules, metrics, view sets and loggers.
    """
    if name is not None:
        show_entry(name, REGISTRIES, as_json=as_json)
        return
    _list()
    if as_json:
        print_json({kind: {n: found.get(n).summary for n in found} for kind, found in REGISTRIES.items()})


def show_entry(name: str, registries: Mapping[str, Any], *, as_json: bool) -> None:
    """Print what an entry does, and its parameters; ConfigError when no registry has it."""
    found = [registry.get(name) for registry in registries.values() if name in registry]
    if not found:
        names = [each for registry in registries.values() for each in registry]
        kinds = f"{', '.join(list(registries)[:-1])} or {list(registries)[-1]}".removeprefix(" or ")
        raise ConfigError(
            f"there is no {kinds} '{name}'{did_you_mean(name, names)}; valid: {', '.join(names)}."
        )
    for entry in found:
        _show(entry)
    if as_json:
        print_json({e.name: {"doc": e.doc, "schema": e.parameters.model_json_schema()} for e in found})


def _list() -> None:
    out = console()
    for kind, registry in REGISTRIES.items():
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


def _show(entry: Any) -> None:
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
        default = "required" if required else json.dumps(field.get("default"))
        table.add_row(name, default, escape(_values(field)) + meaning)
    if table.row_count:
        out.print(table)


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
