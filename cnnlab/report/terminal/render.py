"""``cnnlab report`` in the terminal."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from cnnlab.report.collect import RunReport
from cnnlab.report.document import Document, gather
from cnnlab.report.numbers import one_line
from cnnlab.report.terminal.comparison import comparison_tables
from cnnlab.report.terminal.tables import report_table
from cnnlab.report.verification.render import render_verification


def render_report(paths: Sequence[str | Path], console: Console) -> list[RunReport]:
    """Print the report of each run folder, an empty line between them, and return what was gathered.

    Raises RunError when there is no such folder.
    """
    document = gather(paths)
    render_document(document, console)
    return list(document.sections)


def render_document(document: Document, console: Console) -> None:
    """Print every section and the comparison, if there is one, after them."""
    for note in document.notes:
        console.print(Text(f"note: {one_line(note)}", style="yellow"))
    for number, report in enumerate(document.sections):
        if number or document.notes:
            console.print()
        console.print(report_table(report, results=document.comparison is None))
        if document.comparison is None:
            console.print()
            if report.run.kind == "verify":
                render_verification(report.run.path, console)
            print_paths([source.path for source in report.sources], report.plots, console)
    if document.comparison is not None:
        console.print()
        console.print(comparison_tables(document.comparison))


def print_paths(folders: Sequence[Path], plots: Sequence[Path], console: Console) -> None:
    """Print folders and plots, one whole path a line, so that each can be copied."""
    for path in (*folders, *plots):
        console.print(Text(one_line(_from_here(path))), soft_wrap=True)


def _from_here(path: Path) -> Path:
    """Return the shorter of the path from the working directory and the absolute path."""
    absolute = path.resolve()
    here = Path.cwd().resolve()
    return absolute.relative_to(here) if absolute != here and absolute.is_relative_to(here) else absolute
