"""A sweep's tables, of no format yet."""

from collections.abc import Sequence
from typing import Any

from cnnlab.config.sweep_words import short_names, told
from cnnlab.report.formats.result_tables import SD_NOTE, short_p
from cnnlab.report.formats.table import Cell, Column, Table, make_table
from cnnlab.report.numbers import decimals_of, metric_label, one_line, show, show_interval
from cnnlab.report.sweep.ablation import Change
from cnnlab.report.sweep.collect import CHOOSER, CellResult, Contrast, SweepReport
from cnnlab.report.sweep.words import show_difference, show_difference_interval

CONTRAST = (Column("difference"), Column("95 % interval of it", "center"), Column("p"), Column("p (Holm)"))
PAIRED_NOTE = (
    "Differences are from the reference; p of the paired t-test over shared seeds, Welch's where cells are not paired; "
    "adjusted for the number of comparisons (Holm)."
)


def cells_table(report: SweepReport) -> Table:
    """One row per cell: its values, n, the headline metric, and the difference from the reference."""
    split, metric = report.headline
    by_key = report.index.kind != "ablate"
    names = short_names(report.keys)
    columns = [Column("#")]
    columns += [Column(names[key], "left") for key in report.keys] if by_key else [Column("cell", "left")]
    columns += [Column("status", "left"), Column("n")]
    columns += [Column(f"validation {metric_label(CHOOSER[1])}")] if report.headline != CHOOSER else []
    columns += [
        Column(f"{split} {metric_label(metric)}"),
        Column("sd"),
        Column("95 % interval", "center"),
        *CONTRAST,
    ]
    rows = []
    for cell in report.whole:
        first: list[Cell | str] = [Cell(str(cell.number), float(cell.number))]
        first += [_value(cell.values.get(key)) for key in report.keys] if by_key else [one_line(cell.label)]
        rows.append(
            [*first, one_line(cell.state.status), *_figures(report, cell), *contrast_cells(report, cell)]
        )
    bold = [n for n, cell in enumerate(report.whole) if cell is report.baseline]
    note = f"{SD_NOTE} {PAIRED_NOTE} The reference is printed bold."
    every = "Every cell of the sweep" if not report.stopped else "Every cell that was not stopped early,"
    return make_table("sweep", f"{every} on {data_of(report)}", columns, rows, bold=bold, note=note)


def stopped_table(report: SweepReport) -> Table:
    """One row per cell that was stopped early: where, and by which figure."""
    columns = [
        Column("#"),
        Column("cell", "left"),
        Column("epoch"),
        Column("metric", "left"),
        Column("value"),
    ]
    rows: list[list[Cell | str]] = []
    for cell in report.stopped:
        figure = cell.state.stopped.figure() if cell.state.stopped else {}
        epoch, value = figure.get("epoch"), figure.get("value")
        rows.append(
            [
                Cell(str(cell.number), float(cell.number)),
                one_line(cell.label),
                "" if epoch is None else Cell(str(epoch), float(epoch)),
                one_line(str(figure.get("metric", ""))),
                "" if value is None else Cell(f"{value:.4g}", value),
            ]
        )
    note = "Figures of the first repeat when it was stopped; the cell's other repeats were not run."
    return make_table("stopped", "Stopped early, and compared with nothing", columns, rows, note=note)


def ablation_table(report: SweepReport, changes: Sequence[Change]) -> Table:
    """One row per single change, the largest loss first."""
    split, metric = report.headline
    columns = [Column("change", "left"), Column("n"), Column(f"{split} {metric_label(metric)}"), *CONTRAST]
    rows: list[list[Cell | str]] = []
    base = report.baseline
    if base is not None:
        rows.append([f"none: {one_line(base.label)}", *_headline(report, base)[:2], "", "", "", ""])
    for change in changes:
        rows.append([change.words, *_headline(report, change.cell)[:2], *contrast_cells(report, change.cell)])
    return make_table(
        "ablation",
        f"One thing changed at a time, on {data_of(report)}",
        columns,
        rows,
        bold=[0],
        note=PAIRED_NOTE,
    )


def data_of(report: SweepReport) -> str:
    """What the cells were trained on."""
    titles = dict.fromkeys(one_line(cell.run.data_title) for cell in report.cells if cell.run is not None)
    return " and ".join(titles) or "data unknown"


def contrast_cells(report: SweepReport, cell: CellResult) -> list[Cell | str]:
    """The difference from the reference, its interval, and both p values."""
    contrast: Contrast | None = cell.contrast
    if contrast is None:
        return ["", "", "", ""]
    metric, test, adjusted = report.headline[1], contrast.test, contrast.p_adjusted
    return [
        Cell(show_difference(metric, contrast), contrast.difference),
        Cell(show_difference_interval(metric, contrast), None if test is None else test.ci95[0]),
        "" if test is None else Cell(short_p(test.p), test.p),
        "" if adjusted is None else Cell(short_p(adjusted), adjusted),
    ]


def _figures(report: SweepReport, cell: CellResult) -> list[Cell | str]:
    n, *rest = _headline(report, cell)
    if report.headline == CHOOSER:
        return [n, *rest]
    chooser = cell.summaries.get(CHOOSER)
    if chooser is None or chooser.mean is None:
        return [n, "", *rest]
    return [n, Cell(show(CHOOSER[1], chooser.mean, decimals_of(CHOOSER[1], chooser.sd)), chooser.mean), *rest]


def _headline(report: SweepReport, cell: CellResult) -> list[Cell | str]:
    """n, mean, sd and interval of the headline metric."""
    metric, summary = report.headline[1], cell.summaries.get(report.headline)
    if summary is None:
        return [Cell("0", 0.0), "", "", ""]
    decimals = decimals_of(metric, summary.sd)
    return [
        Cell(f"{summary.n}{'*' if summary.left_out else ''}", float(summary.n)),
        Cell(show(metric, summary.mean, decimals) or "-", summary.mean),
        Cell("0" if summary.sd == 0 else show(metric, summary.sd, decimals) or "-", summary.sd),
        Cell(show_interval(metric, summary.ci95, decimals) or "-", (summary.ci95 or [None])[0]),
    ]


def _value(value: Any) -> Cell:
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    return Cell(one_line(told(value)), number)
