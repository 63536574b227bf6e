"""``cnnlab report``."""

from typing import Annotated

import typer

from cnnlab.cli.options import Json, Quiet, RunsDir, console, print_json


def report(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RUN]...", help="Run folders, names, prefixes or globs. Default: the newest."
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
    runs_dir: RunsDir = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Print the results of runs: per metric n, mean, sd and 95 % interval, beside the published values.

    Example: cnnlab report latest
    """
    from cnnlab.report.document import gather
    from cnnlab.report.formats.plain import document_to_json
    from cnnlab.report.selection import select_runs
    from cnnlab.report.terminal.render import render_document
    from cnnlab.runs.find import runs_directory

    chosen = select_runs(runs or [], runs_directory(runs_dir))
    document = gather(chosen.paths, group=group, side_by_side=compare, notes=chosen.notes)
    render_document(document, console(quiet=quiet))
    if as_json:
        print_json(document_to_json(document))
