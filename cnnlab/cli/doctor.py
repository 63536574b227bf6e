"""``cnnlab doctor``."""

from typing import Any

import typer
from rich.markup import escape
from rich.table import Table

from cnnlab.cli.options import Backend, DataDir, Json, console, print_json
from cnnlab.errors import EXIT_USAGE
from cnnlab.training.doctor import examine


def doctor(backend: Backend = None, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Report what this machine has, and what might go wrong.

    Example: cnnlab doctor --backend torch

    Versions, backend, devices, threads and data. The exit code is 0 unless something needed is missing.
    """
    findings = examine(data_dir, backend or "tensorflow")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in findings["facts"].items():
        table.add_row(name, escape(_shown(value)))
    out = console()
    out.print(table)
    for text in findings["warnings"]:
        out.print(f"[yellow]warning:[/yellow] {escape(text)}")
    for text in findings["missing"]:
        out.print(f"[red]missing:[/red] {escape(text)}")
    if not findings["warnings"] and not findings["missing"]:
        out.print("[green]All is well.[/green]")
    if as_json:
        print_json(findings)
    if findings["missing"]:
        raise typer.Exit(EXIT_USAGE)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{key}: {entry}" for key, entry in value.items()) or "none"
    if isinstance(value, list):
        return "\n".join(map(str, value)) or "none"
    return str(value)
