"""Configs side by side in the terminal."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cnnlab.report.comparison import Comparison
from cnnlab.report.numbers import decimals_of, metric_label, one_line, show, show_interval, show_p
from cnnlab.report.terminal.tables import add, remark_grid
from cnnlab.report.words import contrast_sentence, show_difference

MOST_KEYS = 20  # config keys shown that differ
TESTS = "of the paired t-test where repeats share their seeds and data, else of Welch's test; not adjusted."


def comparison_tables(comparison: Comparison) -> RenderableType:
    """Return what differs in the configs, every metric of every side, and the headline's tests in words."""
    title = Text.assemble(("Side by side", "bold"), f"; the reference is {comparison.labels[0]}")
    parts: list[RenderableType] = [title, Text()]
    if comparison.changes:
        parts += [_changes_table(comparison), Text()]
    parts += [_metrics_table(comparison), Text()]
    grid = remark_grid()
    add(grid, "p", TESTS)
    for text in headline_sentences(comparison):
        add(grid, "difference", text)
    for note in comparison.notes:
        add(grid, "note", note, style="yellow")
    return Group(*parts, grid)


def headline_sentences(comparison: Comparison) -> Iterator[str]:
    """One text per side beside the reference, on the headline metric."""
    for side in range(1, len(comparison.sides)):
        contrast = comparison.contrast(side, *comparison.headline) if comparison.headline else None
        if contrast is not None:
            yield contrast_sentence(comparison, contrast)


def _changes_table(comparison: Comparison) -> Table:
    table = _table()
    table.add_column("config key", overflow="fold", ratio=2)
    for label in comparison.labels:
        table.add_column(Text(label), overflow="fold", ratio=1)
    for number, (key, values) in enumerate(comparison.changes.items()):
        if number == MOST_KEYS:
            table.add_row(Text(f"and {len(comparison.changes) - MOST_KEYS} more"))
            break
        table.add_row(Text(one_line(key)), *(Text("-" if v is None else one_line(v)) for v in values))
    return table


def _metrics_table(comparison: Comparison) -> Table:
    table = _table()
    table.add_column("", overflow="fold")
    for name in ("n", "mean", "sd"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("95 % interval", justify="center", no_wrap=True)
    table.add_column("diff.", justify="right", no_wrap=True)
    table.add_column("p", justify="right", no_wrap=True)
    for split, metric in comparison.metrics:
        style = "bold" if (split, metric) == comparison.headline else None
        table.add_row(Text(f"{split} {one_line(metric_label(metric))}"), style=style)
        for side in range(len(comparison.sides)):
            table.add_row(*_cells(comparison, side, split, metric), style=style)
    return table


def _cells(comparison: Comparison, side: int, split: str, metric: str) -> list[Text]:
    row = comparison.row(side, split, metric)
    label = f"  {comparison.labels[side]}"
    if row is None:
        return [Text(label), Text("0")]
    summary, contrast = row.summary, comparison.contrast(side, split, metric)
    decimals = decimals_of(metric, summary.sd)
    cells = [
        label,
        f"{summary.n}{'*' if summary.left_out else ''}",
        show(metric, summary.mean, decimals) or "-",
        "0" if summary.sd == 0 else show(metric, summary.sd, decimals) or "-",
        show_interval(metric, summary.ci95, decimals) or "-",
        show_difference(contrast) if contrast else "",
        show_p(contrast.test.p).removeprefix("p ").removeprefix("= ") if contrast and contrast.test else "",
    ]
    return [Text(cell) for cell in cells]


def _table() -> Table:
    return Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
