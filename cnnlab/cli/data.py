"""``cnnlab datasets``, and ``cnnlab data``: fetch, check."""

from dataclasses import asdict
from typing import Annotated

import typer

from cnnlab.cli.options import DataDir, Json, complain, console, print_json
from cnnlab.errors import EXIT_DATA, ConfigError

app = typer.Typer(help="Fetch data sets, and check those that are here.", no_args_is_help=True)

DatasetName = Annotated[str, typer.Argument(metavar="DATASET", help="A name of 'cnnlab datasets'.")]


def datasets(
    name: Annotated[
        str | None, typer.Argument(help="Tell all about this one: what its parameters mean.")
    ] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """List the data sets, and where each is found on this machine. Downloads nothing.

    Example: cnnlab datasets folder
    """
    from rich.table import Table

    from cnnlab.cli.blocks import tell_of
    from cnnlab.datasets import availability, data_places, dataset

    if name is not None:
        tell_of(name, {"data set": dataset})
        if as_json:
            entry = dataset.get(name)
            print_json({name: {"doc": entry.doc, "schema": entry.parameters.model_json_schema()}})
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


@app.command("fetch")
def fetch(
    name: DatasetName,
    splits: Annotated[
        str | None,
        typer.Option("--splits", metavar="A,B", help="Only these, such as train,valid. Default: all."),
    ] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Download a data set, check it and unpack it; after a break, the same command goes on where it stopped.

    Example: cnnlab data fetch pcam --splits valid,test --data-dir ~/data

    The files go into the folder of the data set's name in the data directory.
    """
    from cnnlab.datasets import data_places, dataset
    from cnnlab.datasets.obtain import Fetched, fetch_dataset

    screen = console(stderr=True)
    licence = dataset.get(name).traits.get("licence")
    if licence:
        screen.print(licence, soft_wrap=True, markup=False)

    def tell(file: Fetched) -> None:
        screen.print(
            f"{file.path}: {'fetched' if file.fetched else 'already here'}", soft_wrap=True, markup=False
        )

    chosen = None if splits is None else [split.strip() for split in splits.split(",") if split.strip()]
    if chosen == []:
        raise ConfigError("--splits is empty: name splits, such as train,valid, or leave it out.")
    files = fetch_dataset(name, chosen, data_places(data_dir), tell)
    if as_json:
        print_json({"dataset": name, "licence": licence, "files": [file.plain() for file in files]})


@app.command("check")
def check(name: DatasetName, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Look at every file of a data set from beginning to end, and say which is missing or damaged, and how.

    Example: cnnlab data check pcam --data-dir ~/data

    Packed files are unpacked, as for training. Downloads nothing. Exits with 5 unless all is well.
    """
    from cnnlab.datasets import data_places
    from cnnlab.datasets.obtain import check_files

    reports = check_files(name, data_places(data_dir, download=False))
    for report in reports:
        if report.status == "ok":
            typer.echo(f"{report.path}: ok, {report.message}")
        else:
            complain(f"{report.status}: {report.message}")
    sound = all(report.status == "ok" for report in reports)
    if as_json:
        print_json({"dataset": name, "ok": sound, "files": [asdict(report) for report in reports]})
    if not sound:
        raise typer.Exit(EXIT_DATA)
