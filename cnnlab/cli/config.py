"""``cnnlab config``: check, schema, copy, list."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cnnlab.cli.commands import COMMANDS, new_app
from cnnlab.cli.complaints import complain, say
from cnnlab.cli.options import Json, console, plain_json, print_json
from cnnlab.config.json_schema import config_schema
from cnnlab.config.load import Options, change
from cnnlab.config.shipped import copy_shipped, shipped_configs
from cnnlab.config.source import read_document
from cnnlab.config.sweep import check_all
from cnnlab.errors import EXIT_USAGE, ConfigError, counted

app = new_app(help=COMMANDS["config"])


@app.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="YAML files.")], as_json: Json = False
) -> None:
    """Check configs without training by them, each cell of a sweep too.

    Example: cnnlab config check configs/quickstart.yaml

    Every problem is reported with its line, column and key. A config's extensions, which are Python files, are run
    for it, but only when nothing else is wrong.
    """
    problems: dict[str, str | None] = {}
    for file in files:
        try:
            document = read_document(file)
            change(document, Options())
            _, cells = check_all(document)
            problems[str(file)] = None
            say(f"{file}: ok" + (f", a sweep of {counted(len(cells), 'cell')}" if cells else ""))
        except ConfigError as error:
            problems[str(file)] = str(error)
            complain(str(error))
    if as_json:
        print_json({"ok": not any(problems.values()), "problems": problems})
    if any(problems.values()):
        raise typer.Exit(EXIT_USAGE)


@app.command("schema")
def schema(as_json: Json = False) -> None:
    """Print the JSON Schema of configs, for editors that check YAML.

    Example: cnnlab config schema > cnnlab.schema.json

    Name it on a config's first line: "# yaml-language-server: $schema=cnnlab.schema.json".
    """
    print_json(config_schema()) if as_json else typer.echo(plain_json(config_schema()))


@app.command("copy")
def copy(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A shipped config, such as quickstart or mnist128/lab2025.")
    ],
    target: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Where to; default: its own name, here.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Copy a shipped config to a file of your own, to change and run.

    Example: cnnlab config copy quickstart my.yaml
    """
    path = copy_shipped(name, target)
    say(f"Wrote {path}; run it with: cnnlab train --config {path}")
    if as_json:
        print_json({"path": str(path)})


@app.command("list")
def list_configs(as_json: Json = False) -> None:
    """List the shipped configs, each with the question it answers.

    Example: cnnlab config list
    """
    configs = shipped_configs()
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column()
    for name, question in configs.items():
        table.add_row(name, Text(question))
    console().print(table)
    if as_json:
        print_json({"configs": configs})
