"""``cnnlab compare``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cnnlab import api
from cnnlab.cli.options import (
    Bundled,
    ConfigFile,
    DataDir,
    Jobs,
    Json,
    Overrides,
    Quiet,
    Smoke,
    console,
    jobs_of,
    print_json,
)
from cnnlab.cli.progress import display
from cnnlab.cli.signals import stop_on_sigterm
from cnnlab.report.builders.backends import backends_document
from cnnlab.report.render.data import to_json
from cnnlab.report.render.terminal import print_paths, print_section


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
    jobs: Jobs = "auto",
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
    stop_on_sigterm()
    with display(console(quiet=quiet, stderr=True)) as listen:
        compared = api.compare_backends(
            config,
            backends=backends,
            output=output,
            listen=listen,
            overrides=overrides or (),
            repeats=repeats,
            seed=seed,
            smoke=smoke,
            bundled=bundled,
            jobs=jobs_of(jobs),
            data_dir=data_dir,
            argv=tuple(sys.argv),
        )
    screen = console(quiet=quiet)
    document = backends_document(compared.found)
    print_section(document.sections[0], screen)
    screen.print()
    print_paths([compared.found.folder, *compared.files], screen)
    if as_json:
        print_json(to_json(document))
    compared.require_finished()
