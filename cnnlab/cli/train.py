"""``cnnlab train``."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from cnnlab.cli.options import (
    Backend,
    Bundled,
    DataDir,
    Json,
    Overrides,
    Quiet,
    RunsDir,
    Smoke,
    console,
    print_json,
    with_backend,
)
from cnnlab.cli.signals import stop_on_sigterm
from cnnlab.errors import ConfigError


def train(
    config: Annotated[
        Path | None, typer.Option("--config", "-c", metavar="FILE", help="The YAML file of the experiment.")
    ] = None,
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
    jobs: Annotated[
        str, typer.Option("--jobs", "-j", metavar="N|auto", help="Repeats side by side.")
    ] = "auto",
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
            help="Resume a run: a folder, the beginning of a name, or latest. All comes from its folder, "
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
    from cnnlab.config.load import Options, resolve_and_tell
    from cnnlab.config.source import read_document
    from cnnlab.executors.choice import ExecutorChoice
    from cnnlab.runs.find import runs_directory

    show = Show(as_json, quiet)
    common = {
        "jobs": jobs_of(jobs),
        "executor": ExecutorChoice(executor, address),
        "data_dir": data_dir,
    }
    options = Options(bundled, smoke, with_backend(overrides, backend), repeats, seed, tuple(sweep or ()))
    if resume is not None:
        _refuse_beside_resume(config, options, only_repeat, print_config or skip_finished or dry_run)
        _resume(_find(resume, runs_directory(runs_dir)), show, **common)
        return
    if config is None:
        raise ConfigError(
            "--config FILE is missing: the experiment to train (or --resume RUN, to go on with one)."
        )
    document = read_document(config)
    loaded, bundled_for = resolve_and_tell(document, options)
    if print_config:
        _print_config(loaded, as_json=as_json)
        return
    about = {"only_repeat": only_repeat, "bundled_for": bundled_for, "runs_dir": runs_directory(runs_dir)}
    if loaded.sweep is not None:
        from cnnlab.cli.sweep import train_sweep

        train_sweep(document, loaded, show, smoke=smoke, dry_run=dry_run, **common, **about)
    elif dry_run:
        _tell(loaded, show, **common, **about)
    else:
        _train(loaded, show, skip_finished=skip_finished, **common, **about)


@dataclass(frozen=True)
class Show:
    """What to print of a run."""

    as_json: bool
    quiet: bool
    report: bool = True  # at the end, on stdout


def _train(config: Any, show: Show, *, skip_finished: bool, **request: Any) -> None:
    from cnnlab.experiments.run import Request, plan_run

    stop_on_sigterm()
    plan = plan_run(Request(config, argv=tuple(sys.argv), **request))
    if skip_finished:
        from cnnlab.experiments.resume import done, matching_runs

        found = matching_runs(request["runs_dir"], plan)
        finished = [run for run in found if set(plan.repeats) <= set(done(run))]
        if finished:
            _show_finished(finished[0].path, show)
            return
        if found:
            kept = ("jobs", "executor", "data_dir")
            _resume_run(found[0].path, show, **{name: request[name] for name in kept})
            return
    _run(plan, show)


def train_or_resume(plan: Any, unfinished: Any, show: Show) -> None:
    """Train as planned, or go on with an unfinished run of the same plan, if there is one."""
    if unfinished is not None:
        _resume_run(unfinished.path, show, jobs=plan.request.jobs, data_dir=plan.request.data_dir)
        return
    stop_on_sigterm()
    _run(plan, show)


def _tell(config: Any, show: Show, **request: Any) -> None:
    """Print what would be trained, and about how long it takes."""
    from cnnlab.cli.progress import clock
    from cnnlab.experiments.estimate import estimate
    from cnnlab.experiments.run import Request, plan_run

    stop_on_sigterm()
    plan = plan_run(Request(config, argv=tuple(sys.argv), **request))
    repeats = len(plan.repeats)
    found = estimate(plan, repeats)
    seconds = found.total([(plan.config, repeats)])
    what = f"{repeats} repeat{'' if repeats == 1 else 's'} of {plan.config.training.epochs} epochs"
    side_by_side = f" with {found.side_by_side} side by side" if repeats > 1 else ""
    text = f"{what}: about {clock(seconds)}{side_by_side}; an epoch took {found.epoch:.2g} s."
    console(quiet=show.quiet).print(text, markup=False)
    if show.as_json:
        print_json({"trainings": repeats, "seconds": seconds})


def _resume(folder: Path, show: Show, **request: Any) -> None:
    from cnnlab.runs.sweeps import is_sweep

    if is_sweep(folder):
        from cnnlab.cli.sweep import resume_sweep

        resume_sweep(folder, show, **request)
    else:
        _resume_run(folder, show, **request)


def _resume_run(folder: Path, show: Show, **request: Any) -> None:
    from cnnlab.experiments.resume import Resume, changes_since, resumed
    from cnnlab.runs.read import load_run

    stop_on_sigterm()
    with resumed(Resume(folder, argv=tuple(sys.argv), **request)) as plan:
        out = console(quiet=show.quiet, stderr=True)
        kept = f"{len(plan.done)} of {len(plan.repeats)} repeats are finished"
        out.print(f"Going on with {folder}: {kept}.", markup=False, soft_wrap=True)
        changes = changes_since(load_run(folder))
        if changes is not None and plan.waiting:
            out.print(f"Warning: {changes}", markup=False, soft_wrap=True, style="yellow")
        _run(plan, show)


def _run(plan: Any, show: Show) -> None:
    from cnnlab.cli.progress import display
    from cnnlab.experiments.run import require_done, run
    from cnnlab.report.figures.plots import illustrate

    with display(plan, console(quiet=show.quiet, stderr=True)) as listen:
        outcome = run(plan, listen)
    path, refused = outcome.folder.path, None
    if outcome.status != "interrupted":  # then a scheduler may be waiting
        refused = illustrate(path, outcome.prepared, outcome.images)
    _show(path, outcome.status, outcome.summary, show)
    require_done(outcome)
    if refused is not None:
        raise refused


def _show_finished(path: Path, show: Show) -> None:
    """Show a run as it would be shown when it ends."""
    from cnnlab.runs.summary_files import write_summary

    console(quiet=show.quiet, stderr=True).print(f"Finished already: {path}", markup=False, soft_wrap=True)
    _show(path, "done", write_summary(path), show)


def _show(path: Path, status: str, summary: Any, show: Show) -> None:
    from cnnlab.report.build.report import build_report
    from cnnlab.report.gather import gather
    from cnnlab.report.render.terminal import print_document

    if show.report:
        print_document(build_report(gather([path])), console(quiet=show.quiet))
    if show.as_json:
        print_json({"run": str(path.resolve()), "status": status, "summary": summary})


def _print_config(config: Any, *, as_json: bool) -> None:
    from cnnlab.config.load import config_to_yaml, dump_config

    typer.echo(config_to_yaml(config), nl=False)
    if as_json:
        print_json({"config": dump_config(config)})


def _refuse_beside_resume(config: Path | None, options: Any, only_repeat: int | None, other: bool) -> None:
    if config is not None or only_repeat is not None or other or options != type(options)():
        raise ConfigError(
            "--resume RUN takes all from the run's folder: of the other options only --jobs, --executor, --address, "
            "--data-dir, --runs-dir, --json and --quiet go with it."
        )


def _find(word: str, runs_dir: Path) -> Path:
    from cnnlab.runs.find import find_run

    return find_run(word, runs_dir, sweeps=True)


def jobs_of(text: str) -> int | str:
    """The value of --jobs."""
    if text == "auto" or (text.isdigit() and int(text) > 0):
        return text if text == "auto" else int(text)
    raise ConfigError(f"--jobs expects a number of at least 1, or auto, got '{text}'.")
