"""A run's report as a rich renderable that reads well at 80 columns."""

from collections.abc import Iterable
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cnnlab.report.collect import Row, RunReport
from cnnlab.report.numbers import decimals_of, metric_label, one_line, show, show_interval
from cnnlab.report.remarks import Remark, facts, remarks, state_in_words
from cnnlab.report.titles import data_marker
from cnnlab.report.words import show_published

STATUS_STYLES = {"done": "green", "running": "cyan", "failed": "red"}


def report_table(report: RunReport, *, results: bool = True) -> RenderableType:
    """Return heading, tables of results and remarks; the caller prints the paths, which must stay whole."""
    parts: list[RenderableType] = [_heading(report), _grid_of(facts(report))]
    if report.rows and results:
        parts += [Text(), results_table(report), Text(), values_table(report)]
    below = _grid_of(remarks(report))
    if below.row_count:
        parts += [Text(), below]
    return Group(*parts)


def results_table(report: RunReport) -> Table:
    """Return one line per split and metric."""
    published = any(row.published for row in report.rows)
    table = Table(box=None, padding=(0, 1 if published else 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("split", no_wrap=True)
    table.add_column("metric", overflow="fold", no_wrap=not published)
    for name in ("n", "mean", "sd"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("95 % interval", justify="center", no_wrap=True)
    if published:
        table.add_column("published (sd, n)", overflow="fold")
    previous = ""
    for row in report.rows:
        table.add_row(
            *_cells(row, report.not_comparable, repeat_split=row.split != previous),
            style="bold" if (row.split, row.metric) == report.headline else None,
        )
        previous = row.split
    return table


def values_table(report: RunReport) -> Table:
    """Return one line per split and metric: the range, and the value of each repeat in the order of the seeds."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("split", no_wrap=True)
    table.add_column("metric", no_wrap=True)
    for name in ("lowest", "highest"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("values, in the order of the seeds", overflow="fold")
    previous = ""
    for row in report.rows:
        decimals = decimals_of(row.metric, row.summary.sd)
        values = [show(row.metric, value, decimals) or "-" for value in row.summary.values]
        limits = [show(row.metric, v, decimals) or "-" for v in (row.summary.minimum, row.summary.maximum)]
        cells = [row.split if row.split != previous else "", one_line(metric_label(row.metric)), *limits]
        table.add_row(*map(Text, cells), Text(" ".join(values)))
        previous = row.split
    return table


def _cells(row: Row, not_comparable: str | None, repeat_split: bool) -> list[Text]:
    summary, metric = row.summary, row.metric
    decimals = decimals_of(metric, summary.sd)
    cells = [
        row.split if repeat_split else "",
        one_line(metric_label(metric)),
        f"{summary.n}{'*' if summary.left_out else ''}",
        show(metric, summary.mean, decimals) or "-",
        "0" if summary.sd == 0 else show(metric, summary.sd, decimals) or "-",
        show_interval(metric, summary.ci95, decimals) or "-",
    ]
    if row.published is not None:
        cells.append("not comparable" if not_comparable else show_published(metric, row.published))
    return [Text(cell) for cell in cells]


def _heading(report: RunReport) -> Text:
    run = report.run
    status = Text(one_line(run.status), style=STATUS_STYLES.get(run.status, "yellow"))
    title = Text(one_line(run.name), style="bold")
    mark = f" [{marker}]" if (marker := data_marker(run)) else ""
    return Text.assemble(title, Text(mark, style="yellow"), "  ", status, f", {state_in_words(report)}")


def _grid_of(entries: Iterable[Remark]) -> Table:
    grid = remark_grid()
    for entry in entries:
        add(grid, entry.label, entry.text, style="yellow" if entry.warning else "")
    return grid


def remark_grid() -> Table:
    """Return an empty grid of remarks: a dim label, and text that folds."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="dim", width=10)
    grid.add_column(overflow="fold")
    return grid


def add(grid: Table, label: str, text: str, style: Any = "") -> None:
    """Add a remark to a grid; the text is shown as it is."""
    grid.add_row(Text(label), Text(text, style=style))
