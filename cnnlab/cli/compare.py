"""``cnnlab compare``."""

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
    Smoke,
    console,
    print_json,
)
from cnnlab.cli.signals import stop_on_sigterm
from cnnlab.errors import Interrupted, RepeatsFailed


def compare(
    config: ConfigFile,
    backends: Annotated[
        str,
        typer.Option("--backends", metavar="NAMES", help="Which, with commas; the first is the reference."),
    ] = "tensorflow,torch,jax",
    overrides: Overrides = None,
    repeats: Annotated[
        int | None, typer.Option("--repeats", metavar="N", help="How many repeats on each.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", help="The seed of the whole comparison.")
    ] = None,
    jobs: Annotated[
        str, typer.Option("--jobs", "-j", metavar="N|auto", help="Repeats side by side.")
    ] = "auto",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help="The comparison's folder; given again, what is unfinished is resumed. Default: comparisons/NAME_HASH.",
        ),
    ] = None,
    smoke: Smoke = False,
    bundled: Bundled = False,
    data_dir: DataDir = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train one config on several backends, and show what differs.

    Example: cnnlab compare --config configs/quickstart.yaml --backends tensorflow,torch --repeats 3

    The framework is all that differs: weights, subsets, batches and augmented images are the same bits on each.
    The folder holds an ordinary run folder for each backend, tables and
    figures; cnnlab report 'DIR/runs/*' --compare works on it.
    """
    from cnnlab.cli.train import jobs_of
    from cnnlab.config.load import Options, resolve_and_tell
    from cnnlab.config.source import read_document
    from cnnlab.experiments.comparison import compare as run_comparison
    from cnnlab.experiments.comparison_plan import chosen_backends, plan_comparison

    stop_on_sigterm()
    chosen = chosen_backends(backends)
    options = Options(bundled, smoke, tuple(overrides or ()), repeats, seed)
    loaded, bundled_for = resolve_and_tell(read_document(config), options)
    about = {"data_dir": data_dir, "bundled_for": bundled_for, "jobs": jobs_of(jobs), "argv": tuple(sys.argv)}
    plan = plan_comparison(loaded, chosen, output, config.resolve(), **about)
    progress = console(quiet=quiet, stderr=True)
    train = train_quietly if quiet else train_and_show
    try:
        failed = run_comparison(plan, train, lambda text: progress.print(text, markup=False, soft_wrap=True))
    except (Interrupted, KeyboardInterrupt):
        raise Interrupted(
            f"interrupted: what is finished is kept in {plan.folder.path}; the same command goes on."
        ) from None
    _show(plan, console(quiet=quiet), as_json=as_json)
    if failed:
        raise RepeatsFailed("\n".join(failed))


def train_and_show(plan: Any, run: Any) -> None:
    """Train in this process, a child of the command's, with its progress on stderr."""
    from cnnlab.cli.train import Show, train_or_resume

    train_or_resume(plan, run, Show(as_json=False, quiet=False, report=False))


def train_quietly(plan: Any, run: Any) -> None:
    """The same without a word."""
    from cnnlab.cli.train import Show, train_or_resume

    train_or_resume(plan, run, Show(as_json=False, quiet=True, report=False))


def _show(plan: Any, out: Any, *, as_json: bool) -> None:
    from cnnlab.report.backends.gather import gather_backends
    from cnnlab.report.backends.write import write_comparison
    from cnnlab.report.build.backends import backends_document
    from cnnlab.report.render.data import to_json
    from cnnlab.report.render.terminal import print_paths, print_section

    found = gather_backends(plan.folder, plan.backends)
    written = write_comparison(found)
    document = backends_document(found)
    print_section(document.sections[0], out)
    out.print()
    print_paths([plan.folder.path, *written], out)
    if as_json:
        print_json(to_json(document))
