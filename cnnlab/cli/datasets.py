"""``cnnlab datasets``."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from cnnlab.cli.blocks import show_entry
from cnnlab.cli.options import DataDir, Json, console, print_json
from cnnlab.datasets import availability, data_places, dataset


def datasets(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Show this one, with its parameters.")
    ] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """List the data sets, and where each is found on this machine.

    Example: cnnlab datasets folder

    Downloads nothing.
    """
    if name is not None:
        show_entry(name, {"data set": dataset}, as_json=as_json)
        return
    rows = availability(data_places(data_dir, download=False))
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("data set", "images", "found"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(
            row.name, row.size or "", str(row.found) if row.found else f"[dim]{row.note or 'not here'}[/dim]"
        )
    console().print(table)
    if as_json:
        print_json({"datasets": [asdict(row) for row in rows]})
