"""``cnnlab judge``: what is right and wrong in somebody's own cnn.py."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cnnlab import api
from cnnlab.cli.options import Json, Quiet, console, print_json
from cnnlab.errors import EXIT_DIFFERENCE, EXIT_USAGE
from cnnlab.files import write_text
from cnnlab.judge.report import class_section, file_section, grade_rows, judgement_document
from cnnlab.judge.results import FileResult
from cnnlab.judge.template import write_template
from cnnlab.report.render.data import csv_text
from cnnlab.report.render.html import to_html
from cnnlab.report.render.terminal import print_section


def judge(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE|FOLDER", help="Files to judge, or folders: each cnn.py below them."),
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
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="The seed of the questions.")] = 0,
    runs_dir: Annotated[
        Path | None,
        typer.Option("--runs-dir", metavar="DIR", help="Write a run folder here, too. Default: none."),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Judge somebody's own cnn.py: what is right, and what is wrong.

    Example: cnnlab judge submissions --csv grades.csv --html page.html

    The files are run, each in a process of its own. Exit code 3 when a file does not pass, 2 when the only one cannot
    be judged at all.
    """
    out = console(quiet=quiet)
    if template is not None:
        write_template(template)
        out.print(f"Wrote {template}.", markup=False)
        if not paths:
            return

    def show(result: FileResult) -> None:
        print_section(file_section(result, strict=strict), out)
        out.print()

    judgement = api.judge(
        *(paths or ()),
        against=against,
        strict=strict,
        seed=seed,
        time_limit=time_limit,
        runs_dir=runs_dir,
        listen=show,
    )
    if len(judgement.files) > 1:
        print_section(class_section(judgement), out)
    if csv is not None:
        write_text(csv, csv_text(grade_rows(judgement)))
    if html is not None:
        write_text(html, to_html(judgement_document(judgement)))
    if as_json:
        print_json(judgement.to_json())
    if len(judgement.files) == 1 and not judgement.files[0].judged:
        raise typer.Exit(EXIT_USAGE)
    if not judgement.passed:
        raise typer.Exit(EXIT_DIFFERENCE)
