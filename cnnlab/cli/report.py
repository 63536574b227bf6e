"""``cnnlab report``."""

from pathlib import Path
from typing import Annotated

import typer

from cnnlab import api
from cnnlab.cli.options import Json, Quiet, RunsDir, console, print_json
from cnnlab.report.render.data import to_json
from cnnlab.report.render.terminal import print_document, print_paths


def report(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RUN", help="Run folders, names, parts of names, or globs in quotes. Default: the newest."
        ),
    ] = None,
    group: Annotated[
        bool,
        typer.Option("--group", help="Pool the repeats of runs of one experiment: same settings, same data."),
    ] = False,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="Set runs side by side against the first; with --group, the pools of each experiment.",
        ),
    ] = False,
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline",
            metavar="CELL",
            help="Of a sweep: compare with this cell (a label, its values or its number), not with the best by "
            "validation.",
        ),
    ] = None,
    ablation: Annotated[
        bool,
        typer.Option(
            "--ablation", help="Of a sweep: only the cells that differ from the baseline in one thing."
        ),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Write the report there, in all formats."),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="Only this format of --output: html, md, tex, csv, json, png or pdf; repeatable.",
        ),
    ] = None,
    latex_report: Annotated[
        Path | None,
        typer.Option(
            "--latex-report",
            metavar="DIR",
            help="Write report.tex there: a lab report's skeleton with tables and figures.",
        ),
    ] = None,
    runs_dir: RunsDir = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Print the results of runs beside the published values.

    Example: cnnlab report 'runs/*lab2025*' --group --output lab2025

    Per metric n, mean, sd and 95 % interval. Of a sweep: every cell, compared in pairs of the same seed with
    the best by validation, or with --baseline.
    """
    made = api.report(
        *(runs or ()),
        group=group,
        compare=compare,
        baseline=baseline,
        ablation=ablation,
        output=output,
        formats=formats or (),
        latex_report=latex_report,
        runs_dir=runs_dir,
    )
    screen = console(quiet=quiet)
    print_document(made.document, screen)
    if made.files:
        places = [path if path.parent in (output, latex_report) else path.parent for path in made.files]
        screen.print()
        print_paths(list(dict.fromkeys(places)), screen)
    if as_json:
        print_json(to_json(made.document))
