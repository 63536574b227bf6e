"""``cnnlab report``."""

from pathlib import Path
from typing import Annotated

import typer

from cnnlab.cli.options import Json, Quiet, RunsDir, console, print_json
from cnnlab.errors import ConfigError


def report(
    runs: Annotated[
        list[str] | None,
        typer.Argument(metavar="RUN", help="Run folders, names, prefixes or globs. Default: the newest."),
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
    from cnnlab.report.make import make_report
    from cnnlab.report.render.terminal import print_document, print_paths
    from cnnlab.runs.find import runs_directory

    wanted = _formats(formats, output)
    document = make_report(
        runs or [],
        runs_directory(runs_dir),
        group=group,
        compare=compare,
        baseline=baseline,
        ablation=ablation,
    )
    out = console(quiet=quiet)
    print_document(document, out)
    if output is not None or latex_report is not None:
        from cnnlab.report.write import write_latex_report, write_report

        written = write_report(document, output, wanted) if output else []
        written += write_latex_report(document, latex_report) if latex_report else []
        places = [path if path.parent in (output, latex_report) else path.parent for path in written]
        out.print()
        print_paths(list(dict.fromkeys(places)), out)
    if as_json:
        from cnnlab.report.render.data import to_json

        print_json(to_json(document))


def _formats(names: list[str] | None, output: Path | None) -> tuple[str, ...]:
    """The formats that --format names, all of them without one; each option may hold several, with commas."""
    from cnnlab.report.write import FORMATS

    if names and output is None:
        raise ConfigError("--format says how a report is written: --output DIR must say where.")
    wanted = [word for name in names or [] for word in name.replace(",", " ").split()]
    unknown = [word for word in wanted if word not in FORMATS]
    if unknown:
        raise ConfigError(f"--format expects {', '.join(FORMATS)}, got '{unknown[0]}'.")
    return tuple(wanted) or FORMATS
