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
    from cnnlab.report.document import gather
    from cnnlab.report.selection import select_runs, sweep_among
    from cnnlab.report.terminal.render import print_paths, render_document
    from cnnlab.runs.find import runs_directory

    wanted = _formats(formats, output)
    chosen = select_runs(runs or [], runs_directory(runs_dir))
    chosen, sweep = sweep_among(chosen, cells=group or compare)
    if sweep is not None:
        _report_sweep(sweep, baseline, ablation, output, wanted, latex_report, as_json=as_json, quiet=quiet)
        return
    if baseline is not None or ablation:
        raise ConfigError(
            f"{'--ablation' if ablation else '--baseline'} is for the report of a sweep: name its folder."
        )
    document = gather(chosen.paths, group=group, side_by_side=compare, notes=chosen.notes)
    out = console(quiet=quiet)
    render_document(document, out)
    if output is not None or latex_report is not None:
        from cnnlab.report.formats.write import write_latex_report, write_report

        written = write_report(document, output, wanted) if output else []
        written += write_latex_report(document, latex_report) if latex_report else []
        places = [path if path.parent in (output, latex_report) else path.parent for path in written]
        out.print()
        print_paths(list(dict.fromkeys(places)), (), out)
    if as_json:
        from cnnlab.report.formats.plain import document_to_json

        print_json(document_to_json(document))


def _report_sweep(
    folder: Path,
    baseline: str | None,
    only_changes: bool,
    output: Path | None,
    formats: tuple[str, ...],
    latex_report: Path | None,
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    from cnnlab.report.sweep.ablation import ablation
    from cnnlab.report.sweep.collect import collect_sweep
    from cnnlab.report.sweep.terminal import sweep_page
    from cnnlab.report.terminal.render import print_paths

    found, changes = collect_sweep(folder, baseline), None
    if only_changes:
        found, changes = ablation(found)
    out = console(quiet=quiet)
    out.print(sweep_page(found, changes))
    out.print()
    written = []
    if output is not None or latex_report is not None:
        from cnnlab.report.sweep.files import write_sweep_latex, write_sweep_report

        written = write_sweep_report(found, changes, output, formats) if output else []
        written += write_sweep_latex(found, changes, latex_report) if latex_report else []
    places = [path if path.parent in (output, latex_report) else path.parent for path in written]
    print_paths([folder, *dict.fromkeys(places)], (), out)
    if as_json:
        from cnnlab.report.sweep.files import sweep_to_json

        print_json(sweep_to_json(found, changes))


def _formats(names: list[str] | None, output: Path | None) -> tuple[str, ...]:
    """The formats that --format names, all of them without one; each option may hold several, with commas."""
    from cnnlab.report.formats import FORMATS

    if names and output is None:
        raise ConfigError("--format says how a report is written: --output DIR must say where.")
    wanted = [word for name in names or [] for word in name.replace(",", " ").split()]
    unknown = [word for word in wanted if word not in FORMATS]
    if unknown:
        raise ConfigError(f"--format expects {', '.join(FORMATS)}, got '{unknown[0]}'.")
    return tuple(wanted) or FORMATS
