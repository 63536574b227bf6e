"""``cnnlab verify``: for now, only the judging of somebody's own cnn.py."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cnnlab.cli.options import Json, Quiet, RunsDir
from cnnlab.cli.verify_implementation import judge_files


def verify(
    more: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="More files or folders to judge, as with --implementation."),
    ] = None,
    implementation: Annotated[
        list[Path] | None,
        typer.Option(
            "--implementation",
            metavar="PATH",
            help="Somebody's own cnn.py, or a folder with such files in it; repeatable, and more may follow.",
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Robust checks count too.")] = False,
    against: Annotated[
        Literal["numpy", "keras"],
        typer.Option("--against", help="The reference: our NumPy network, or Keras itself (slower)."),
    ] = "numpy",
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write one row for each judged file.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the verdict as a page to send back.")
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option("--template", metavar="FILE", help="Write an empty skeleton of a cnn.py."),
    ] = None,
    time_limit: Annotated[
        float,
        typer.Option(
            "--time-limit", metavar="SECONDS", min=1, help="Processor time that one check may take."
        ),
    ] = 10.0,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The seed of weights and inputs.")] = 0,
    runs_dir: RunsDir = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Judge somebody's own cnn.py: which functions agree with Keras, and what is wrong with the others.

    Example: cnnlab verify --implementation submissions/*/cnn.py --csv grades.csv
    """
    judge_files(
        [*(implementation or []), *(more or [])],
        strict=strict,
        against=against,
        csv=csv,
        html=html,
        template=template,
        as_json=as_json,
        quiet=quiet,
        runs_dir=runs_dir,
        seed=seed,
        time_limit=time_limit,
    )
