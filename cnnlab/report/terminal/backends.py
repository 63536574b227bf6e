"""A comparison of backends in the terminal."""

from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from cnnlab.report.backends.gather import BackendComparison
from cnnlab.report.backends.tables import tables
from cnnlab.report.backends.words import conclusion, conditions
from cnnlab.report.formats.table import Table
from cnnlab.report.numbers import one_line
from cnnlab.report.terminal.tables import add, remark_grid

FIRST_COLUMN, OTHERS = 28, 16


def backends_report(found: BackendComparison) -> RenderableType:
    """Return the tables, and what they say; the last sentence is whether anything differs beyond chance."""
    run = found.sides[0].report.run
    title = Text.assemble(
        (one_line(run.name), "bold"),
        f" on {one_line(run.data_title)}; differences are from {found.sides[0].backend}",
    )
    parts: list[RenderableType] = [title]
    for table in tables(found):
        parts += [Text(), Text(table.caption, style="bold"), _rich(table)]
    grid = remark_grid()
    for text in (*conditions(found), *found.comparison.notes, *found.document.notes):
        add(grid, "note", f"{text}.")
    return Group(*parts, Text(), grid, Text(), Text(conclusion(found), style="bold"))


def _rich(table: Table) -> RichTable:
    shown = RichTable(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="")
    for column in table.columns:
        width = FIRST_COLUMN if column.align == "left" else OTHERS
        shown.add_column(Text(column.heading), justify=column.align, min_width=width, overflow="fold")
    for number, row in enumerate(table.rows):
        shown.add_row(*(Text(cell.text) for cell in row), style="bold" if number in table.bold else None)
    return shown
