"""``cnnlab train``."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cnnlab import api
from cnnlab.cli.options import (
    CONFIG,
    Backend,
    Bundled,
    DataDir,
    Jobs,
    Json,
    Overrides,
    Quiet,
    RunsDir,
    Smoke,
    jobs_of,
    print_json,
    with_backend,
)
from cnnlab.cli.signals import stop_on_sigterm
from cnnlab.cli.trained import show_dry_run, train_and_show
from cnnlab.errors import ConfigError
from cnnlab.runs.find import find_run, runs_directory
from cnnlab.runs.sweeps import is_sweep

if TYPE_CHECKING:
    from cnnlab.config.load import OptionSettings
    from cnnlab.config.schema import Config
    from cnnlab.experiments.launch import LaunchSettings


def train(
    config: Annotated[Path | None, CONFIG] = None,
    overrides: Overrides = None,
    sweep: Annotated[
        list[str] | None,
        typer.Option(
            "--sweep",
            metavar="KEY=A,B",
            help="Try each of these values; repeatable, for every combination. Named: 'augment={none: [], flip: "
            "[random_flip]}'.",
        ),
    ] = None,
    backend: Backend = None,
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
    jobs: Jobs = "auto",
    executor: Annotated[
        Literal["local", "ray", "slurm"],
        typer.Option("--executor", help="Who trains the repeats: processes on this machine, Ray, or SLURM."),
    ] = "local",
    address: Annotated[
        str | None,
        typer.Option(
            "--address",
            metavar="auto|HOST:PORT",
            help="The Ray cluster to use. Default: $RAY_ADDRESS, else a Ray of this machine alone.",
        ),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume",
            metavar="RUN",
            help="Resume a run: a folder, a name or a part of one, or latest. All comes from its folder, "
            "extensions (Python code that is run) included.",
        ),
    ] = None,
    skip_finished: Annotated[
        bool,
        typer.Option(
            "--skip-finished",
            help="Show a finished run of the same config on the same data, or resume an unfinished one.",
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Show what would be trained and about how long it takes, from a few epochs."
        ),
    ] = False,
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
    """Train all repeats of a config, and write a run folder.

    Example: cnnlab train --config configs/quickstart.yaml --set training.epochs=5

    Values are taken from the file, then --smoke, --set, --backend, --repeats and --seed. --resume latest
    resumes what was interrupted or killed, to the same numbers. A config with a section 'sweep', or --sweep,
    trains every cell of it; the same command again trains what is missing.
    """
    launch: LaunchSettings = {
        "data_dir": data_dir,
        "runs_dir": runs_dir,
        "jobs": jobs_of(jobs),
        "executor": executor,
        "address": address,
        "only_repeat": only_repeat,
        "skip_finished": skip_finished,
        "argv": tuple(sys.argv),
    }
    options: OptionSettings = {
        "bundled": bundled,
        "smoke": smoke,
        "overrides": with_backend(overrides, backend),
        "repeats": repeats,
        "seed": seed,
        "grid": sweep or (),
    }
    stop_on_sigterm()
    if resume is not None:
        beside = [config, only_repeat, print_config, skip_finished, dry_run, *options.values()]
        _require_none_beside_resume(beside)
        folder = find_run(resume, runs_directory(runs_dir), sweeps=True)
        start = api.resume_sweep if is_sweep(folder) else api.resume
        train_and_show(partial(start, folder, **launch), as_json=as_json, quiet=quiet)
        return
    if config is None:
        raise ConfigError(
            "--config FILE is missing: the experiment to train (or --resume RUN, to resume one)."
        )
    wanted = api.experiment(config, **options)
    if print_config:
        _print_config(wanted.config, as_json=as_json)
    elif dry_run:
        show_dry_run(api.estimate(wanted, **launch), as_json=as_json, quiet=quiet)
    else:
        train_and_show(
            partial(api.train if wanted.sweep is None else api.sweep, wanted, **launch),
            as_json=as_json,
            quiet=quiet,
        )


def _print_config(config: "Config", *, as_json: bool) -> None:
    from cnnlab.config.load import config_to_yaml, dump_config

    typer.echo(config_to_yaml(config), nl=False)
    if as_json:
        print_json({"config": dump_config(config)})


def _require_none_beside_resume(values: list[Any]) -> None:
    if any(value is not None and value is not False and value != () for value in values):
        raise ConfigError(
            "--resume RUN takes all from the run's folder: of the other options only --jobs, --executor, --address, "
            "--data-dir, --runs-dir, --json and --quiet go with it."
        )
