"""``cnnlab data``: fetch, check."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cnnlab.cli.commands import COMMANDS, new_app
from cnnlab.cli.complaints import complain, say
from cnnlab.cli.data_description import show_audit, show_data
from cnnlab.cli.options import DataDir, Json, console, print_json
from cnnlab.config.data_choice import chosen_data
from cnnlab.datasets import DataPlaces, data_places, dataset, load_dataset
from cnnlab.datasets.audit import audit_dataset
from cnnlab.datasets.description import describe_dataset
from cnnlab.datasets.obtain import Fetched, check_files, fetch_dataset, is_own
from cnnlab.errors import EXIT_DATA, ConfigError

app = new_app(help=COMMANDS["data"])

DatasetName = Annotated[str, typer.Argument(metavar="DATASET", help="A name of 'cnnlab datasets'.")]


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
    """Download a data set, check it and unpack it.

    Example: cnnlab data fetch pcam --splits valid,test --data-dir ~/data

    The files go into the folder of the data set's name in the data directory. After a break, the same command
    resumes where it stopped.
    """
    screen = console(stderr=True)
    licence = dataset.get(name).traits.get("licence")
    if licence:
        screen.print(licence, soft_wrap=True, markup=False)

    def report(file: Fetched) -> None:
        screen.print(
            f"{file.path}: {'fetched' if file.fetched else 'already here'}", soft_wrap=True, markup=False
        )

    chosen = None if splits is None else [split.strip() for split in splits.split(",") if split.strip()]
    if chosen == []:
        raise ConfigError("--splits is empty: name splits, such as train,valid, or leave it out.")
    files = fetch_dataset(name, chosen, data_places(data_dir), report)
    if as_json:
        print_json({"dataset": name, "licence": licence, "files": [file.plain() for file in files]})


@app.command("check")
def check(
    name: Annotated[
        str | None, typer.Argument(metavar="DATASET", help="A name of 'cnnlab datasets', such as folder.")
    ] = None,
    path: Annotated[
        Path | None, typer.Option("--path", metavar="PATH", help="The folder or file of your own data set.")
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Another parameter of the data set; repeatable."),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", metavar="FILE", help="Take data set and parameters from a config."),
    ] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Read all of a data set, and report what it holds and what is damaged.

    Example: cnnlab data check folder --path ~/slides --set labels=labels.csv

    Of your own images and arrays it says how they were read, which classes there are and what was left out; of others,
    each file. Packed files are unpacked, as for training. Downloads nothing. Exits with 5 unless all is well.
    """
    places = data_places(data_dir, download=False)
    if name is not None and path is None and config is None and not overrides and not is_own(name):
        _check_files(name, places, as_json)
        return
    item = chosen_data(name, config, path, overrides or ())
    loaded = load_dataset(item.name, item.parameters, places)
    description, audit = describe_dataset(loaded), audit_dataset(loaded)
    show_data(description)
    show_audit(audit)
    if as_json:
        print_json({"ok": True, **description.plain(), "audit": asdict(audit)})


def _check_files(name: str, places: DataPlaces, as_json: bool) -> None:
    reports = check_files(name, places)
    for report in reports:
        if report.status == "ok":
            say(f"{report.path}: ok, {report.message}")
        else:
            complain(f"{report.status}: {report.message}")
    sound = all(report.status == "ok" for report in reports)
    if as_json:
        print_json({"dataset": name, "ok": sound, "files": [asdict(report) for report in reports]})
    if not sound:
        raise typer.Exit(EXIT_DATA)
