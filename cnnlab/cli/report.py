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
    runs_dir: RunsDir = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Print the results of runs: per metric n, mean, sd and 95 % interval, beside the published values.

    Example: cnnlab report latest
    """
    from cnnlab.report.export import to_json
    from cnnlab.report.render import render_report
    from cnnlab.runs.find import find_runs, runs_directory

    reports = render_report(find_runs(runs or ["latest"], runs_directory(runs_dir)), console(quiet=quiet))
    if as_json:
        print_json({"runs": [to_json(entry) for entry in reports]})
