"""A run's report as a rich renderable that reads well at 80 columns."""

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cnnlab.report.collect import SD_SENTENCE, SPLIT_NAMES, Row, RunReport, seeds_of
from cnnlab.report.groups import place_of
from cnnlab.report.numbers import (
    counted,
    decimals_of,
    listed,
    metric_label,
    one_line,
    show,
    show_interval,
)
from cnnlab.report.titles import data_marker
from cnnlab.report.words import published_sentence, show_published
from cnnlab.runs.read import Run

STATUS_STYLES = {"done": "green", "running": "cyan", "failed": "red"}
ONE_REPEAT = "unknown: one repeat has neither sd nor interval."


def report_table(report: RunReport, *, results: bool = True) -> RenderableType:
    """Return heading, tables of results and remarks; the caller prints the paths, which must stay whole."""
    parts: list[RenderableType] = [_heading(report), _facts(report)]
    if report.rows and results:
        parts += [Text(), results_table(report), Text(), values_table(report)]
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


def values_table(report: RunReport) -> Table:
    """Return one line per split and metric: the range, and the value of each repeat in the order of the seeds."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("split", no_wrap=True)
    table.add_column("metric", overflow="fold")
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


def seed_texts(report: RunReport) -> list[str]:
    """Return the finished repeats' seeds; of pooled runs a text for each, with its folder's name."""
    texts = []
    for folder, repeats in seeds_of(report.run):
        seeds = [str(repeat.seed) if repeat.seed is not None else "unknown" for repeat in repeats]
        noun = "repeat" if len(seeds) == 1 else "repeats"
        where = f" of {one_line(folder)}" if len(report.sources) > 1 else ""
        numbers = [int(place_of(repeat)[1]) for repeat in repeats]
        texts.append(f"{', '.join(seeds)} ({noun} {listed(numbers)}{where})")
    return texts


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
    done = f"{len(run.done)} of {counted(len(run.repeats), 'repeat')} finished"
    status = Text(one_line(run.status), style=STATUS_STYLES.get(run.status, "yellow"))
    title = Text(one_line(run.name), style="bold")
    mark = f" [{marker}]" if (marker := data_marker(run)) else ""
    if len(report.sources) > 1:
        done += f", pooled from {len(report.sources)} runs"
    tail = f", {done}" if run.repeats else f", {one_line(run.kind)} run"
    return Text.assemble(title, Text(mark, style="yellow"), "  ", status, tail)


def _facts(report: RunReport) -> Table:
    grid = remark_grid()
    run = report.run
    for label, text in (
        ("data", f"{one_line(run.data_title)}{_sizes(run)}"),
        *(("", one_line(note)) for note in run.data_notes),
        ("started", one_line(run.started or "")[:19].replace("T", " ")),
    ):
        if text:
            add(grid, label, text)
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
    grid = remark_grid()
    run = report.run
    if any(row.published for row in report.rows):
        add(grid, "published", _source(report))
    for sentence in map(published_sentence, () if report.not_comparable else report.rows):
        if sentence:
            add(grid, "difference", sentence)
    if report.rows:
        for text in seed_texts(report):
            add(grid, "seeds", text)
        add(grid, "epoch", report.choice)
        add(
            grid,
            "spread",
            SD_SENTENCE if len(run.done) > 1 else ONE_REPEAT,
        )
    for text in report.problems:
        add(grid, "note", text, style="yellow")
    return grid


def _source(report: RunReport) -> str:
    source = one_line(report.run.published.get("source") or "source not named")
    return f"{source}; not comparable: {report.not_comparable}" if report.not_comparable else source


def remark_grid() -> Table:
    """Return an empty grid of remarks: a dim label, and text that folds."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="dim", width=10)
    grid.add_column(overflow="fold")
    return grid


def add(grid: Table, label: str, text: str, style: Any = "") -> None:
    """Add a remark to a grid; the text is shown as it is."""
    grid.add_row(Text(label), Text(text, style=style))
