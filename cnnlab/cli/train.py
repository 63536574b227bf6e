"""``cnnlab train``."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cnnlab.cli.options import (
    Bundled,
    ConfigFile,
    DataDir,
    Json,
    Overrides,
    Quiet,
    RunsDir,
    Smoke,
    console,
    print_json,
)
from cnnlab.cli.signals import stop_on_sigterm
from cnnlab.errors import ConfigError, Interrupted, RepeatsFailed


def train(
    config: ConfigFile,
    overrides: Overrides = None,
    repeats: Annotated[int | None, typer.Option("--repeats", metavar="N", help="How many repeats.")] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", help="The seed of the whole run.")
    ] = None,
    only_repeat: Annotated[
        int | None,
        typer.Option(
            "--only-repeat", metavar="K", help="Run repeat K (from 0) alone, as it would be in the batch."
        ),
    ] = None,
    jobs: Annotated[
        str, typer.Option("--jobs", "-j", metavar="N|auto", help="Repeats side by side.")
    ] = "auto",
    smoke: Smoke = False,
    bundled: Bundled = False,
    data_dir: DataDir = None,
    runs_dir: RunsDir = None,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Print the resolved config, and run nothing.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train what a config describes, all repeats of it, and write a run folder.

    Example: cnnlab train --config configs/quickstart.yaml --set training.epochs=5

    Values are taken from the file, then --smoke, then --set, then --repeats and --seed.
    """
    from cnnlab.config.load import Options, config_to_yaml, load_config
    from cnnlab.runs.find import runs_directory

    options = Options(bundled, smoke, tuple(overrides or ()), repeats, seed)
    loaded = load_config(config, options)
    if print_config:
        typer.echo(config_to_yaml(loaded), nl=False)
        if as_json:
            from cnnlab.config.load import dump_config

            print_json({"config": dump_config(loaded)})
        return
    _train(
        loaded,
        jobs=_jobs(jobs),
        only_repeat=only_repeat,
        bundled_for=_bundled_for(config, bundled),
        data_dir=data_dir,
        runs_dir=runs_directory(runs_dir),
        as_json=as_json,
        quiet=quiet,
    )


def _train(config: Any, *, as_json: bool, quiet: bool, **request: Any) -> None:
    from cnnlab.cli.progress import display
    from cnnlab.report.figures.augmentation import write_augmentation
    from cnnlab.report.figures.plots import write_plots
    from cnnlab.report.terminal.render import render_report
    from cnnlab.training.run import Request, plan_run, run

    stop_on_sigterm()
    plan = plan_run(Request(config, argv=tuple(sys.argv), **request))
    with display(plan, console(quiet=quiet, stderr=True)) as listen:
        outcome = run(plan, listen)
    path = outcome.folder.path
    write_augmentation(path, outcome.prepared)
    write_plots(path, outcome.images())
    render_report([path], console(quiet=quiet))
    if as_json:
        print_json({"run": str(path.resolve()), "status": outcome.status, "summary": outcome.summary})
    _judge(outcome)


def _judge(outcome: Any) -> None:
    """Raise what the exit code is to say."""
    repeats = outcome.folder.status.read()["repeats"]
    done = sum(entry["status"] == "done" for entry in repeats.values())
    where = f"{done} of {len(repeats)} repeats are finished and kept in {outcome.folder.path}"
    if outcome.status == "interrupted":
        raise Interrupted(f"interrupted: {where}.")
    if outcome.status != "done":
        failed = [
            f"repeat {k}: {entry['error']}" for k, entry in repeats.items() if entry["status"] == "failed"
        ]
        raise RepeatsFailed("\n  ".join([f"{where}; failed:", *failed]))


def _jobs(text: str) -> int | str:
    if text == "auto" or (text.isdigit() and int(text) > 0):
        return text if text == "auto" else int(text)
    raise ConfigError(f"--jobs expects a number of at least 1, or auto, got '{text}'.")


def _bundled_for(path: Path, bundled: bool) -> str | None:
    """The data set that the file names, where --bundled put another in its place."""
    if not bundled:
        return None
    from cnnlab.config.source import read_document

    return read_document(path).value["data"]["dataset"]
