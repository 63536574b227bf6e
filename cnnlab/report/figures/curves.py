"""Loss and accuracy over the epochs, of a run within a band of one sd, or of several configs side by side."""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import stdev
from typing import TYPE_CHECKING, Any

from cnnlab.errors import counted
from cnnlab.report.collect import RunReport
from cnnlab.report.comparison import Comparison
from cnnlab.report.document import Figure
from cnnlab.report.figures.dots import final_accuracy_in_words
from cnnlab.report.figures.style import (
    BAND_ALPHA,
    REPEAT,
    SIDES,
    TRAIN_LINE,
    VALIDATION_LINE,
    keep_within,
    shorten,
    titled,
)
from cnnlab.report.numbers import in_unit
from cnnlab.report.titles import subtitle
from cnnlab.runs.measures import is_percent, measure_of
from cnnlab.runs.run_data import RepeatResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

METRICS = ("loss", "accuracy")
LOG_RATIO = 30  # from this ratio of largest to smallest loss on, the axis is logarithmic
LARGEST, SMALLEST = 3.5e38, 1e-38  # float32's
MARKERS, FEWER_MARKERS = 14, 8  # at most about so many on a line

Series = dict[float, float]  # epoch -> value


def curves(report: RunReport) -> Figure | None:
    """Loss above accuracy, of the finished repeats or, without any, of all; None without any curve."""
    run = report.run
    columns = [f"{prefix}{name}" for name in METRICS for prefix in ("", "val_")]
    repeats = [one for one in run.done or run.repeats if any(series(one, name) for name in columns)]
    metrics = [name for name in METRICS if any(series(repeat, name) for repeat in repeats)]
    if not metrics:
        return None
    number = counted(len(repeats), "repeat")

    def draw() -> "Drawing":
        with titled(0.9 + 1.35 * len(metrics), run.name, "", subtitle(run, number)) as figure:
            axes = figure.subplots(len(metrics), 1, sharex=True, squeeze=False)[:, 0]
            for ax, metric in zip(axes, metrics, strict=True):
                _panel(ax, repeats, metric)
            count_epochs(axes[-1])
            _legend(figure, repeats)
        return figure

    words = f"Loss and accuracy on training and validation data over the epochs, {number} and their mean."
    caption = "Loss and accuracy over the epochs: each repeat thin, the mean bold, the band one sample sd"
    return Figure("curves", caption, f"{words} {final_accuracy_in_words(report)}", draw)


def comparison_curves(comparison: Comparison) -> Figure | None:
    """Each side's mean loss and accuracy on validation; None without such curves, or with too many sides."""
    if len(comparison.sides) > len(SIDES):
        return None
    means = {
        metric: [
            mean_series([one for repeat in side.run.done if (one := series(repeat, f"val_{metric}"))])
            for side in comparison.sides
        ]
        for metric in METRICS
    }
    shown = [metric for metric in METRICS if any(means[metric])]
    if not shown:
        return None

    def draw() -> "Drawing":
        from matplotlib.lines import Line2D

        height = 0.9 + 1.3 * len(shown) + 0.12 * len(comparison.sides)
        with titled(height, "Side by side", "", "on validation data, mean of the repeats") as figure:
            axes = figure.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0]
            for ax, metric in zip(axes, shown, strict=True):
                for mean, look in zip(means[metric], SIDES, strict=False):
                    values = [in_unit(metric, value) for value in mean.values()]
                    ax.plot(list(mean), values, markevery=max(1, len(mean) // FEWER_MARKERS), **look)
                _finish(ax, metric, [v for mean in means[metric] for v in mean.values()])
            count_epochs(axes[-1])
            labels = zip(comparison.labels, SIDES, strict=False)
            handles = [Line2D([], [], label=shorten(label, 44), **look) for label, look in labels]
            figure.legend(handles=handles, loc="outside lower center", handlelength=3)
        return figure

    words = f"Mean validation curves of {', '.join(comparison.labels)}."
    return Figure("comparison_curves", "Mean loss and accuracy on validation data", words, draw)


def series(repeat: RepeatResult, column: str) -> Series:
    """Return one column over the epochs in which it was measured; nan, a gap, where it is not a number.

    Empty where it never is one.
    """
    history = repeat.history
    pairs = zip(history.get("epoch", ()), history.get(column, ()), strict=False)
    measured = [(e, v) for e, v in pairs if e is not None and _drawable(e) and v is not None]
    found = {epoch: value if _drawable(value) else math.nan for epoch, value in measured}
    return found if any(map(_drawable, found.values())) else {}


def mean_series(many: Sequence[Series]) -> Series:
    """Return the mean at each epoch that every one of `many` has: it never jumps because one repeat ended."""
    if not many:
        return {}
    shared = set(many[0]).intersection(*many[1:])
    return {epoch: sum(one[epoch] for one in many) / len(many) for epoch in sorted(shared)}


def validation_interval(repeats: Iterable[RepeatResult]) -> int:
    """Return after how many epochs validation came round, 1 where it came after each."""
    steps = set()
    for repeat in repeats:
        epochs = sorted(series(repeat, "val_loss") or series(repeat, "val_accuracy"))
        steps |= {int(b - a) for a, b in pairwise(epochs)}
    return max(steps, default=1)


def _panel(ax: "Axes", repeats: Sequence[RepeatResult], metric: str) -> None:
    values: list[float] = []
    for prefix, look in (("", TRAIN_LINE), ("val_", VALIDATION_LINE)):
        many = [one for repeat in repeats if (one := series(repeat, prefix + metric))]
        many = [{epoch: in_unit(metric, v) for epoch, v in one.items()} for one in many]
        values += [v for one in many for v in one.values()]
        for one in many if len(many) > 1 else ():
            ax.plot(list(one), list(one.values()), color=look["color"], linewidth=0.5, alpha=0.45)
        mean = mean_series(many)
        _band(ax, metric, many, mean, look["color"])
        ax.plot(list(mean), list(mean.values()), markevery=max(1, len(mean) // MARKERS), zorder=3, **look)
    ax.margins(x=0.02)
    _finish(ax, metric, values)


def _finish(ax: "Axes", metric: str, values: Sequence[float]) -> None:
    """Name the vertical axis of a panel, and choose its scale by what is drawn."""
    ax.set_ylabel("accuracy (%)" if is_percent(metric) else metric)
    keep_within(ax, "y", metric)
    if metric == "loss" and use_log_axis(values):
        log_axis(ax)
        ax.set_ylabel("loss (log axis)")


def count_epochs(ax: "Axes") -> None:
    """Name the horizontal axis, with marks at whole epochs."""
    from matplotlib.ticker import MaxNLocator

    ax.set_xlabel("epoch")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))


def _band(ax: "Axes", metric: str, many: Sequence[Series], mean: Series, color: Any) -> None:
    """Shade one sample sd to both sides of the mean, within the range of the metric and above where a log axis ends."""
    if len(many) < 2:
        return
    low, high, most = [], [], in_unit(metric, measure_of(metric).high)
    for epoch, centre in mean.items():
        values = [one[epoch] for one in many]
        spread = stdev(values) if math.isfinite(centre) else math.nan
        least = min(values) / 2 if min(values) > 0 else 0.0
        low.append(max(centre - spread, min(least, centre)))
        high.append(max(min(centre + spread, most), centre))
    ax.fill_between(list(mean), low, high, color=color, alpha=BAND_ALPHA, linewidth=0)


def use_log_axis(values: Sequence[float]) -> bool:
    """Whether losses span so wide a range that a linear axis would press most of them flat."""
    known = [value for value in values if _drawable(value)]
    return bool(known) and min(known) > SMALLEST and max(known) / min(known) >= LOG_RATIO


def log_axis(ax: "Axes") -> None:
    """Make the vertical axis logarithmic, its numbers written out: powers would need math text."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1,)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())


def _legend(figure: "Drawing", repeats: Sequence[RepeatResult]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    every = validation_interval(repeats)
    validation = "validation" if every == 1 else f"validation (every {every} epochs)"
    lines: list[tuple[str, dict[str, Any]]] = [("training", TRAIN_LINE)]
    if any(series(repeat, f"val_{metric}") for repeat in repeats for metric in METRICS):
        lines.append((validation, VALIDATION_LINE))
    handles: list[Any] = [Line2D([], [], label=label, **look) for label, look in lines]
    if len(repeats) > 1:
        handles.append(Line2D([], [], color=REPEAT, linewidth=0.5, label="each repeat"))
        handles.append(Patch(color=REPEAT, alpha=2 * BAND_ALPHA, linewidth=0, label="mean ± 1 sd"))
    figure.legend(handles=handles, loc="outside lower center", ncols=2, handlelength=2.2, columnspacing=1.0)


def _drawable(value: float) -> bool:
    """Whether a value is a number that float32 can hold: an axis could not take others."""
    return abs(value) <= LARGEST  # False for nan
