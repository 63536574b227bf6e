"""A sweep in pictures: a heat map for two keys, a line with its band for one, dots for any other."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnnlab.config.sweep_labels import short_names, value_text
from cnnlab.errors import counted
from cnnlab.report.document import Figure
from cnnlab.report.figures.dots import LABEL_LENGTH, OURS, DotRow, dots_in_words, draw_dots
from cnnlab.report.figures.style import MUTED, VALIDATION, keep_within, shorten, titled
from cnnlab.report.numbers import counted_each, in_unit, show
from cnnlab.report.sentences import capitalized, metric_name
from cnnlab.report.sweep.collect import CHOOSER, CellResult, SweepReport
from cnnlab.runs.measures import is_percent, measure_of
from cnnlab.runs.result import SPLIT_NAMES
from cnnlab.runs.summary import Summary

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

MOST_DOTS = 30  # cells; of more, the best by validation
MOST_WRITTEN = 150  # fields of a heat map that hold their number
MOST_LABELS = 25  # of one axis of a heat map
MOST_TICKS = 8  # of an axis of numbers
LOG_RATIO = 20  # between the largest and the smallest value, from which an axis is logarithmic


def is_grid(report: SweepReport) -> bool:
    """Whether two keys span a grid that the measured cells fill by more than half."""
    cells = report.measured
    if report.index.kind == "ablate" or len(report.keys) != 2 or not cells:
        return False
    rows, columns = (_axis(cells, key) for key in report.keys)
    return len(rows) > 1 and len(columns) > 1 and 2 * len(cells) > len(rows) * len(columns)


def is_line(report: SweepReport) -> bool:
    """Whether the measured cells differ in one number."""
    cells, keys = report.measured, report.keys
    one = report.index.kind != "ablate" and len(keys) == 1 and len(cells) > 1
    return one and all(_number(cell, keys[0]) is not None for cell in cells)


def heat_map(report: SweepReport) -> Figure | None:
    """The mean of the headline metric over two keys, the one with more values on the horizontal axis."""
    if not is_grid(report):
        return None
    import numpy as np

    metric, cells = report.headline[1], report.measured
    keys = sorted(report.keys, key=lambda key: len(_axis(cells, key)))
    rows, columns = (_axis(cells, key) for key in keys)
    means = np.full((len(rows), len(columns)), math.nan)
    framed = None
    for cell in cells:
        place = (
            rows.index(value_text(cell.values.get(keys[0]))),
            columns.index(value_text(cell.values.get(keys[1]))),
        )
        means[place] = in_unit(metric, cell.mean(report.headline) or 0.0)
        framed = place if cell is report.baseline else framed
    names, height = short_names(report.keys), min(6.0, 1.3 + 0.26 * len(rows))

    def draw() -> "Drawing":
        with titled(height, report.index.name, ": mean of the repeats", _about(report, cells)) as figure:
            ax = figure.subplots()
            low, high = _colour_scale(metric, float(np.nanmin(means)), float(np.nanmax(means)))
            image = ax.imshow(means, cmap="cividis", aspect="auto", vmin=low, vmax=high)
            if means.size <= MOST_WRITTEN and len(columns) <= 12:
                _write_numbers(ax, means, (low + high) / 2)
            if framed is not None:
                _frame(ax, *framed)
            _ticks(ax, rows, columns)
            ax.set_ylabel(shorten(names[keys[0]], 30))
            ax.set_xlabel(shorten(names[keys[1]], 40))
            ax.grid(visible=False)
            figure.colorbar(image, ax=ax, label=_unit(report), shrink=0.9)
        return figure

    caption = (
        f"Mean {metric_name(*report.headline)} by {' and '.join(names.values())}; the reference is framed"
    )
    return Figure("heat_map", caption, sweep_in_words(report), draw)


def line(report: SweepReport) -> Figure | None:
    """The headline metric, and validation beside it, over one swept number."""
    if not is_line(report):
        return None
    (key,), cells = report.keys, report.measured
    ordered = sorted(cells, key=lambda cell: _number(cell, key) or 0.0)
    places = [_number(cell, key) or 0.0 for cell in ordered]
    shown = [report.headline] if report.headline == CHOOSER else [CHOOSER, report.headline]
    looks = {CHOOSER: (MUTED, "--", "o"), report.headline: (VALIDATION, "-", "s")}
    name = short_names(report.keys)[key]

    def draw() -> "Drawing":
        with titled(2.5, report.index.name, ": mean and 95 % interval", _about(report, cells)) as figure:
            ax = figure.subplots()
            _repeats(ax, report, ordered, places)
            for series in shown:
                points = [
                    (p, c.summaries[series])
                    for p, c in zip(places, ordered, strict=True)
                    if series in c.summaries
                ]
                colour, dash, marker = looks[series]
                _band(ax, series[1], points, colour, dash, marker, f"{SPLIT_NAMES[series[0]]} {series[1]}")
            if min(places) > 0 and max(places) / min(places) >= LOG_RATIO:
                ax.set_xscale("log")
                step = math.ceil(len(places) / MOST_TICKS)
                ax.set_xticks(places[::step], [value_text(place) for place in places[::step]])
                ax.minorticks_off()
            ax.set_xlabel(shorten(name, 40))
            ax.set_ylabel(f"{report.headline[1]}{' (%)' if is_percent(report.headline[1]) else ''}")
            ax.legend()
            keep_within(ax, "y", report.headline[1])
        return figure

    metric = capitalized(metric_name(*report.headline))
    caption = f"{metric} by {name}: each repeat thin, the mean bold, the band its 95 % interval"
    return Figure("line", caption, sweep_in_words(report), draw)


def cell_dots(report: SweepReport) -> Figure | None:
    """A line of dots for each cell: in their order, or, of very many, the best by validation."""
    every = report.measured
    if not every:
        return None
    cells = every
    if len(cells) > MOST_DOTS:
        cells = sorted(cells, key=lambda cell: cell.mean(CHOOSER) or 0.0, reverse=True)[:MOST_DOTS]
    lines = [DotRow(_short(report, cell), cell.summaries[report.headline], OURS) for cell in cells]
    name = metric_name(*report.headline)

    def draw() -> "Drawing":
        height = 0.9 + 0.26 * len(lines)
        with titled(height, report.index.name, f": {name}", _about(report, cells)) as figure:
            draw_dots(figure.subplots(), report.headline[1], lines)
        return figure

    most = f": the {MOST_DOTS} best of {len(every)} cells by validation" if len(every) > MOST_DOTS else ""
    caption = f"{capitalized(name)} of every repeat (hollow), mean and 95 % interval (filled){most}"
    return Figure("cells", caption, sweep_in_words(report), draw)


def changes_dots(report: SweepReport) -> Figure | None:
    """The difference that each single change makes, with its 95 % interval."""
    metric, changes = report.headline[1], report.changes or {}
    lines = []
    for cell, contrast in report.compared[:MOST_DOTS]:
        values = contrast.paired.differences if contrast.paired is not None else (contrast.difference,)
        interval = None if contrast.test is None else contrast.test.ci95
        summary = Summary(len(values), contrast.difference, None, interval, None, None, 0, tuple(values))
        lines.append(DotRow(changes[cell.number], summary, OURS))
    if not lines:
        return None
    name = metric_name(*report.headline)

    def draw() -> "Drawing":
        about = f"{report.data_title}, {counted(len(lines), 'change')}"
        with titled(0.95 + 0.26 * len(lines), report.index.name, ": one change at a time", about) as figure:
            ax = figure.subplots()
            draw_dots(ax, metric, lines, differences=True)
            ax.axvline(0, color=MUTED, linewidth=0.7)
            ax.set_xlabel(f"change of {name}{' (points)' if is_percent(metric) else ''}")
        return figure

    shown = [f"{changes[c.number]} {show(metric, found.difference, None)}" for c, found in report.compared]
    words = f"Differences from the baseline: {'; '.join(shown[:MOST_DOTS])}."
    caption = f"What each single change does to {name}: difference from the baseline with its 95 % interval"
    return Figure("ablation", caption, words, draw)


def _short(report: SweepReport, cell: CellResult) -> str:
    """The values alone where a label is the names of the keys above all."""
    if report.index.kind == "ablate" or len(cell.label) <= LABEL_LENGTH:
        return cell.label
    return ", ".join(value_text(cell.values.get(key)) for key in report.keys)


def _colour_scale(metric: str, low: float, high: float) -> tuple[float, float]:
    """The ends of a scale from `low` to `high`; of equal ones a little apart, within the range of the metric."""
    if low < high:
        return low, high
    measure = measure_of(metric)
    return max(low - 1, in_unit(metric, measure.low)), min(high + 1, in_unit(metric, measure.high))


def _frame(ax: "Axes", row: int, column: int) -> None:
    from matplotlib.patches import Rectangle

    for colour, width in (("white", 2.4), ("black", 1.2)):
        corner = column - 0.5, row - 0.5
        ax.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=colour, linewidth=width))


def _write_numbers(ax: "Axes", means: "np.ndarray", middle: float) -> None:
    for row, line in enumerate(means.tolist()):
        for column, value in enumerate(line):
            if not math.isnan(value):
                colour = "white" if value < middle else "black"
                text = f"{value:z#.3g}".rstrip(".")
                ax.text(column, row, text, ha="center", va="center", fontsize=5, color=colour)


def _ticks(ax: "Axes", rows: Sequence[str], columns: Sequence[str]) -> None:
    for axis, labels in ((ax.yaxis, rows), (ax.xaxis, columns)):
        step = max(1, math.ceil(len(labels) / MOST_LABELS))
        axis.set_ticks(range(0, len(labels), step), [shorten(label, 16) for label in labels[::step]])
    if len(columns) > 5 or max(map(len, columns)) > 8:
        ax.tick_params(axis="x", rotation=90)


def _repeats(ax: "Axes", report: SweepReport, cells: Sequence[CellResult], places: Sequence[float]) -> None:
    """A thin line for each repeat of the headline metric: all cells share their seeds."""
    by_seed: dict[int, list[tuple[float, float]]] = {}
    for place, cell in zip(places, cells, strict=True):
        for repeat in cell.run.done if cell.run is not None else ():
            value = repeat.metrics(report.headline[0]).get(report.headline[1])
            if repeat.seed is not None and value is not None and math.isfinite(value):
                by_seed.setdefault(repeat.seed, []).append((place, in_unit(report.headline[1], value)))
    for points in by_seed.values():
        ax.plot(*zip(*points, strict=True), color=VALIDATION, linewidth=0.5, alpha=0.35)


def _band(
    ax: "Axes",
    metric: str,
    points: Sequence[tuple[float, Summary]],
    colour: str,
    dash: str,
    marker: str,
    label: str,
) -> None:
    measured = [(place, s) for place, s in points if s.mean is not None]
    means = [in_unit(metric, s.mean or 0.0) for _, s in measured]
    ax.plot([p for p, _ in measured], means, color=colour, linestyle=dash, marker=marker, label=label)
    with_interval = [(place, s.ci95) for place, s in measured if s.ci95 is not None]
    if len(with_interval) > 1:
        low = [in_unit(metric, interval[0]) for _, interval in with_interval]
        high = [in_unit(metric, interval[1]) for _, interval in with_interval]
        ax.fill_between([p for p, _ in with_interval], low, high, color=colour, alpha=0.15, linewidth=0)


def _axis(cells: Sequence[CellResult], key: str) -> list[str]:
    """The values of a key in the order of the axis: numbers by size, words as they come."""
    values = {value_text(cell.values.get(key)): cell.values.get(key) for cell in cells}
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values.values()):
        return sorted(values, key=lambda text: float(values[text] or 0))
    return list(values)


def _number(cell: CellResult, key: str) -> float | None:
    value = cell.values.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _unit(report: SweepReport) -> str:
    split, metric = report.headline
    return f"{SPLIT_NAMES[split]} {metric}{' (%)' if is_percent(metric) else ''}"


def _about(report: SweepReport, cells: Sequence[CellResult]) -> str:
    """The data, and how many cells and repeats are drawn."""
    repeats = counted_each((cell.summaries[report.headline].n for cell in cells), "repeat")
    return f"{report.data_title}, {_of_all(report, len(cells))}, {repeats} each"


def _of_all(report: SweepReport, number: int) -> str:
    """Return "3 cells", or "2 of 3 cells"."""
    cells = counted(len(report.cells), "cell")
    return cells if number == len(report.cells) else f"{number} of {cells}"


def sweep_in_words(report: SweepReport) -> str:
    """Return how many cells there are, and the lowest and the highest."""
    split, metric = report.headline
    means = sorted(report.measured, key=lambda cell: cell.mean(report.headline) or 0.0)
    ends = [f"{c.label}: {dots_in_words(metric, split, c.summaries[report.headline])}" for c in means]
    return f"{_of_all(report, len(means))}, the lowest {ends[0]}; the highest {ends[-1]}."
