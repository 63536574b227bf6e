"""A sweep's report in the terminal, at 80 columns."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cnnlab.report.formats.result_tables import short_p
from cnnlab.report.numbers import counted, decimals_of, metric_label, one_line, show
from cnnlab.report.sweep.ablation import Change
from cnnlab.report.sweep.collect import CHOOSER, CellResult, SweepReport
from cnnlab.report.sweep.words import reference_in_words, sentences, show_difference, show_difference_interval
from cnnlab.report.terminal.tables import STATUS_STYLES, add, remark_grid

MOST_CELLS = 40  # shown; every one is in the files of --output and in --json


def sweep_page(report: SweepReport, changes: Sequence[Change] | None = None) -> RenderableType:
    """Return heading, table and sentences; with `changes` the table of single changes in place of all cells."""
    parts: list[RenderableType] = [_heading(report), Text()]
    shown = _shown(report)
    parts.append(_cells(report, shown) if changes is None else _ablation(report, changes))
    if changes is None and report.stopped:
        parts += [Text(), _stopped(report)]
    grid = remark_grid()
    if changes is None and len(shown) < len(report.whole):
        hidden = (
            f"{len(shown)} of {counted(len(report.whole), 'cell')}, the best by validation; --output has all"
        )
        add(grid, "shown", hidden)
    if any(cell.contrast is not None for cell in report.cells):
        add(grid, "diff.", "from the reference, with its 95 % interval; p adjusted (Holm)")
    for text in (f"The reference is {reference_in_words(report)}.", *sentences(report)):
        add(grid, "", text)
    for note in report.notes:
        add(grid, "note", note, style="yellow")
    return Group(*parts, Text(), grid)


def _heading(report: SweepReport) -> Text:
    states = [cell.state.status for cell in report.cells]
    done, stopped = states.count("done"), states.count("stopped")
    status = "done" if done + stopped == len(states) else "not finished"
    style = STATUS_STYLES.get(status, "yellow")
    early = f", {stopped} stopped early" if stopped else ""
    repeats = counted(len(report.index.repeats), "repeat")
    size = f"{done} of {counted(len(states), 'cell')} done{early}, {repeats} each"
    return Text.assemble((one_line(report.index.name), "bold"), "  sweep, ", (status, style), f": {size}")


def _shown(report: SweepReport) -> list[CellResult]:
    """All cells in their order, or the best of very many."""
    if len(report.whole) <= MOST_CELLS:
        return report.whole
    measured = [cell for cell in report.cells if cell.mean(report.headline) is not None]
    by_validation = sorted(measured, key=lambda cell: cell.mean(CHOOSER) or 0.0, reverse=True)
    return by_validation[:MOST_CELLS]


def _cells(report: SweepReport, shown: Sequence[CellResult]) -> Table:
    split, metric = report.headline
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("cell", overflow="fold", ratio=1, min_width=14)
    table.add_column("n", justify="right", no_wrap=True)
    chosen = report.headline != CHOOSER
    if chosen:
        table.add_column("val %", justify="right", no_wrap=True)
    table.add_column(metric_label(split if metric == "accuracy" else metric), justify="right", no_wrap=True)
    table.columns[-1].header = f"{split} %" if metric == "accuracy" else f"{split} {metric_label(metric)}"
    for name in ("sd", "diff."):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("interval", justify="center", no_wrap=True)
    table.add_column("p", justify="right", no_wrap=True)
    for cell in shown:
        style = "bold" if cell is report.baseline else None
        table.add_row(*map(Text, _row(report, cell, chosen)), style=style)
    return table


def _stopped(report: SweepReport) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("stopped early", overflow="fold", min_width=14)
    table.add_column("by", no_wrap=True)
    for cell in report.stopped[:MOST_CELLS]:
        table.add_row(
            *map(Text, (str(cell.number), one_line(cell.label), one_line(str(cell.state.entry.stopped))))
        )
    if len(report.stopped) > MOST_CELLS:
        table.add_row("", f"and {len(report.stopped) - MOST_CELLS} more; --output has all", "")
    return table


def _row(report: SweepReport, cell: CellResult, chosen: bool) -> list[str]:
    metric = report.headline[1]
    figures, chooser = cell.summaries.get(report.headline), cell.summaries.get(CHOOSER)
    first = [str(cell.number), one_line(cell.label)]
    if figures is None:
        return [*first, "0", *([""] if chosen else []), one_line(cell.state.status)]
    decimals = decimals_of(metric, figures.sd)
    validation = (
        [""] if chooser is None else [show(CHOOSER[1], chooser.mean, decimals_of(CHOOSER[1], chooser.sd))]
    )
    return [
        *first,
        f"{figures.n}{'*' if figures.left_out else ''}",
        *(validation if chosen else []),
        show(metric, figures.mean, decimals) or "-",
        "0" if figures.sd == 0 else show(metric, figures.sd, decimals) or "-",
        *_against(report, cell),
    ]


def _ablation(report: SweepReport, changes: Sequence[Change]) -> Table:
    split, metric = report.headline
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("change", overflow="fold", ratio=1, min_width=20)
    table.add_column("n", justify="right", no_wrap=True)
    table.add_column(f"{split} {metric_label(metric)}", justify="right", no_wrap=True)
    table.add_column("diff.", justify="right", no_wrap=True)
    table.add_column("interval", justify="center", no_wrap=True)
    table.add_column("p", justify="right", no_wrap=True)
    base = report.baseline
    cells = ([(f"none: {one_line(base.label)}", base)] if base is not None else []) + [
        (change.words, change.cell) for change in changes
    ]
    for words, cell in cells:
        summary = cell.summaries[report.headline]
        figure = show(metric, summary.mean, decimals_of(metric, summary.sd))
        style = "bold" if cell is base else None
        table.add_row(*map(Text, (words, str(summary.n), figure, *_against(report, cell))), style=style)
    return table


def _against(report: SweepReport, cell: CellResult) -> list[str]:
    """The difference from the reference, its interval, and p adjusted."""
    contrast, metric = cell.contrast, report.headline[1]
    if contrast is None:
        return ["", "", ""]
    adjusted = "" if contrast.p_adjusted is None else short_p(contrast.p_adjusted)
    return [show_difference(metric, contrast), show_difference_interval(metric, contrast), adjusted]
