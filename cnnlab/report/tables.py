"""A run's report as a rich renderable that reads well at 80 columns."""

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cnnlab.report.collect import SD_SENTENCE, SPLIT_NAMES, Row, RunReport
from cnnlab.report.numbers import (
    counted,
    decimals_of,
    in_unit,
    is_percent,
    listed,
    metric_label,
    one_line,
    show,
    show_interval,
    show_p,
)
from cnnlab.report.published import Published
from cnnlab.report.titles import data_marker
from cnnlab.runs.read import Run

STATUS_STYLES = {"done": "green", "running": "cyan", "failed": "red"}
ONE_REPEAT = "unknown: one repeat has neither sd nor interval."


def report_table(report: RunReport) -> RenderableType:
    """Return heading, table of results and remarks; the caller prints the paths, which must stay whole."""
    parts: list[RenderableType] = [_heading(report), _facts(report)]
    if report.rows:
        parts += [Text(), results_table(report)]
    remarks = _remarks(report)
    if remarks.row_count:
        parts += [Text(), remarks]
    return Group(*parts)


def results_table(report: RunReport) -> Table:
    """Return one line per split and metric."""
    published = any(row.published for row in report.rows)
    table = Table(box=None, padding=(0, 1 if published else 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("split", no_wrap=True)
    table.add_column("metric", overflow="fold")
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


def show_published(metric: str, published: Published) -> str:
    """Return the published mean with its sd and n as far as they are known: "93.07 (0.80, 5)"."""
    if published.sd is None:
        figure = f"{in_unit(metric, published.mean):.10g}"
        return figure if published.n is None else f"{figure} ({published.n})"
    decimals = decimals_of(metric, published.sd)
    mean, sd = (show(metric, value, decimals) for value in (published.mean, published.sd))
    return f"{mean} ({sd}, {published.n})"


def _heading(report: RunReport) -> Text:
    run = report.run
    done = f"{len(run.done)} of {counted(len(run.repeats), 'repeat')} finished"
    status = Text(one_line(run.status), style=STATUS_STYLES.get(run.status, "yellow"))
    title = Text(one_line(run.name), style="bold")
    mark = f" [{marker}]" if (marker := data_marker(run)) else ""
    tail = f", {done}" if run.repeats else f", {one_line(run.kind)} run"
    return Text.assemble(title, Text(mark, style="yellow"), "  ", status, tail)


def _facts(report: RunReport) -> Table:
    grid = _grid()
    run = report.run
    for label, text in (
        ("data", f"{one_line(run.data_title)}{_sizes(run)}"),
        *(("", one_line(note)) for note in run.data_notes),
        ("started", one_line(run.started or "")[:19].replace("T", " ")),
    ):
        if text:
            _add(grid, label, text)
    return grid


def _sizes(run: Run) -> str:
    """Return how many images each split had, where all repeats agree."""
    sizes = [(repeat.result or {}).get("sizes") for repeat in run.done]
    if not sizes or not isinstance(sizes[0], dict) or any(size != sizes[0] for size in sizes):
        return ""
    known = {name: sizes[0].get(split) for split, name in SPLIT_NAMES.items()}
    counts = [f"{size:,} {name}" for name, size in known.items() if isinstance(size, int) and size]
    return f"; {', '.join(counts)} images" if counts else ""


def _remarks(report: RunReport) -> Table:
    grid = _grid()
    run = report.run
    if any(row.published for row in report.rows):
        _add(grid, "published", _source(report))
    for row in report.rows:
        if row.difference is not None:
            _add(grid, "difference", difference_sentence(row))
    if report.rows:
        seeds = [str(repeat.seed) if repeat.seed is not None else "unknown" for repeat in run.done]
        noun = "repeat" if len(seeds) == 1 else "repeats"
        _add(grid, "seeds", f"{', '.join(seeds)} ({noun} {listed([repeat.k for repeat in run.done])})")
        _add(grid, "epoch", report.choice)
        _add(
            grid,
            "spread",
            SD_SENTENCE if len(run.done) > 1 else ONE_REPEAT,
        )
    for text in report.problems:
        _add(grid, "note", text, style="yellow")
    return grid


def _source(report: RunReport) -> str:
    source = one_line(report.run.published.get("source") or "source not named")
    return f"{source}; not comparable: {report.not_comparable}" if report.not_comparable else source


def difference_sentence(row: Row) -> str:
    """Return how far ours is from the published mean, and whether chance can explain that."""
    difference = row.difference
    if difference is None:
        return ""
    error = (difference.ci95[1] - difference.ci95[0]) / 4
    decimals = decimals_of(row.metric, error)
    unit = " points" if is_percent(row.metric) else ""
    verdict = "chance can explain it" if difference.chance_explains_it else "more than chance"
    sign = "+" if difference.difference > 0 else ""
    return (
        f"{SPLIT_NAMES[row.split]} {one_line(row.metric)}: "
        f"{sign}{show(row.metric, difference.difference, decimals)}{unit} "
        f"(95 % interval {show_interval(row.metric, difference.ci95, decimals)}); "
        f"Welch's test {show_p(difference.p)}: {verdict}."
    )


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="dim", width=10)
    grid.add_column(overflow="fold")
    return grid


def _add(grid: Table, label: str, text: str, style: Any = "") -> None:
    grid.add_row(Text(label), Text(text, style=style))
