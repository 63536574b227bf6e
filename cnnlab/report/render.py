"""``cnnlab report`` in the terminal."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from cnnlab.report.collect import RunReport, collect
from cnnlab.report.numbers import one_line
from cnnlab.report.tables import report_table
from cnnlab.report.verification.render import render_verification


def render_report(paths: Sequence[str | Path], console: Console) -> list[RunReport]:
    """Print the report of each run folder, an empty line between them, and return what was gathered.

    Raises RunError when there is no such folder.
    """
    reports = [collect(path) for path in paths]
    for number, report in enumerate(reports):
        if number:
            console.print()
        console.print(report_table(report))
        console.print()
        if report.run.kind == "verify":
            render_verification(report.run.path, console)
        print_paths(report.run.path, report.plots, console)
    return reports


def print_paths(folder: Path, plots: Sequence[Path], console: Console) -> None:
    """Print folder and plots, one whole path a line, so that each can be copied."""
    for path in (folder, *plots):
        console.print(Text(one_line(_from_here(path))), soft_wrap=True)


def _from_here(path: Path) -> Path:
    """Return the shorter of the path from the working directory and the absolute path."""
    absolute = path.resolve()
    here = Path.cwd().resolve()
    return absolute.relative_to(here) if absolute != here and absolute.is_relative_to(here) else absolute
