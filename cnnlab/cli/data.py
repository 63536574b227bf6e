"""``cnnlab datasets``."""

from dataclasses import asdict

from cnnlab.cli.options import DataDir, Json, console, print_json


def datasets(data_dir: DataDir = None, as_json: Json = False) -> None:
    """List the data sets, and where each is found on this machine. Downloads nothing.

    Example: cnnlab datasets --data-dir ~/data
    """
    from rich.table import Table

    from cnnlab.datasets import availability, data_places

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
