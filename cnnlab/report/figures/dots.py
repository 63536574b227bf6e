"""Final accuracies as dots: every repeat, the mean with its 95 % interval, and the published values below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cnnlab.report.collect import Row, RunReport
from cnnlab.report.comparison import Comparison
from cnnlab.report.document import Figure
from cnnlab.report.figures.style import MUTED, PUBLISHED, VALIDATION, keep_within, shorten, titled
from cnnlab.report.numbers import counted_each, decimals_of, in_unit, show, show_interval
from cnnlab.report.sentences import capitalized, contrast_sentence, metric_name
from cnnlab.report.titles import subtitle
from cnnlab.runs.measures import is_percent
from cnnlab.runs.result import SPLIT_NAMES
from cnnlab.runs.summary import Summary, summarize

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

LABEL_LENGTH = 22
OURS = {"color": VALIDATION, "marker": "o"}
THEIRS = {"color": PUBLISHED, "marker": "s"}


@dataclass(frozen=True)
class DotRow:
    """One line of dots; `look` distinguishes ours from published ones."""

    label: str
    summary: Summary
    look: dict[str, Any]


def accuracy_dots(report: RunReport) -> Figure | None:
    """The accuracies of one run on each split, published ones below ours; None without any."""
    rows = [row for row in report.rows if row.metric == "accuracy" and row.summary.n]
    if not rows:
        return None
    lines = [line for row in rows for line in _with_published(row, SPLIT_NAMES[row.split], report)]

    def draw() -> "Drawing":
        details = (counted_each((row.summary.n for row in rows), "repeat"), "mean and 95 % interval")
        about = subtitle(report.run, *details)
        with titled(0.85 + 0.26 * len(lines), report.run.name, ": final accuracy", about) as figure:
            draw_dots(figure.subplots(), "accuracy", lines)
        return figure

    shown = "every repeat (hollow), mean and 95 % interval (filled), published values where comparable"
    return Figure("accuracy", f"Final accuracy of {shown}", final_accuracy_in_words(report), draw)


def comparison_dots(comparison: Comparison) -> Figure | None:
    """The headline metric of all sides and, below, each difference from the reference; None without any."""
    key = comparison.headline
    if key is None:
        return None
    split, metric = key
    lines: list[DotRow] = []
    for number, (side, label) in enumerate(zip(comparison.sides, comparison.labels, strict=True)):
        row = comparison.row(number, split, metric)
        if row is not None and row.summary.n:
            lines += _with_published(row, label, side)
    contrasts = [contrast for contrast in comparison.headline_contrasts if contrast.test is not None]
    heights = [len(lines) + 1, len(contrasts) + 1] if contrasts else [1]
    name = metric_name(split, metric)

    def draw() -> "Drawing":
        height = 1.2 + 0.26 * (len(lines) + len(contrasts))
        with titled(height, "Side by side", "", f"{name}, mean and 95 % interval") as figure:
            axes = figure.subplots(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
            draw_dots(axes[0], metric, lines)
            if contrasts:
                _draw_differences(axes[1], comparison, contrasts)
        return figure

    words = " ".join(contrast_sentence(comparison, one) for one in comparison.headline_contrasts)
    caption = (
        f"{capitalized(name)} of every repeat (hollow), mean and 95 % interval (filled), and the differences from "
        f"{comparison.labels[0]}"
    )
    return Figure(
        "comparison", caption, f"The {name} of {', '.join(comparison.labels)} as dots. {words}", draw
    )


def draw_dots(ax: "Axes", metric: str, lines: Sequence[DotRow], *, differences: bool = False) -> None:
    """Draw one line of dots for each row, the first on top; `differences` of the metric, or its values."""
    for place, line in enumerate(lines):
        values = [in_unit(metric, value) for value in line.summary.finite]
        hollow: dict[str, Any] = {"facecolors": "none", "linewidths": 0.7, "s": 13, "alpha": 0.8}
        colour, marker = line.look["color"], line.look["marker"]
        ax.scatter(values, [place] * len(values), marker=marker, edgecolors=colour, **hollow)
        _interval(ax, metric, place - 0.28, line.summary.mean, line.summary.ci95, line.look)
    _label(ax, [line.label for line in lines])
    ax.set_xlabel(f"{metric} (%)" if is_percent(metric) else metric)
    keep_within(ax, "x", metric, differences=differences)


def _draw_differences(ax: "Axes", comparison: Comparison, contrasts: Sequence[Any]) -> None:
    for place, contrast in enumerate(contrasts):
        test = contrast.test
        _interval(ax, contrast.metric, place, test.difference, test.ci95, OURS)
    ax.axvline(0, color=MUTED, linewidth=0.6)
    keep_within(ax, "x", contrasts[0].metric, differences=True)
    _label(ax, [comparison.labels[contrast.side] for contrast in contrasts])
    unit = " (points)" if is_percent(contrasts[0].metric) else ""
    ax.set_xlabel(f"difference from {shorten(comparison.labels[0], LABEL_LENGTH)}{unit}")


def _interval(
    ax: "Axes", metric: str, place: float, mean: float | None, ci95: Any, look: dict[str, Any]
) -> None:
    """The mean, filled, with its interval, and the mean's value above it."""
    if mean is None:
        return
    colour = look["color"]
    if ci95 is not None:
        low, high = (in_unit(metric, end) for end in ci95)
        ax.plot([low, high], [place, place], color=colour, linewidth=1.1, marker="|", markersize=4)
    centre = in_unit(metric, mean)
    ax.plot([centre], [place], color=colour, marker=look["marker"], markersize=4, linestyle="none")


def _label(ax: "Axes", labels: Sequence[str]) -> None:
    ax.set_yticks(range(len(labels)), [shorten(label, LABEL_LENGTH) for label in labels])
    ax.set_ylim(len(labels) - 0.45, -0.65)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    ax.margins(x=0.06)


def _with_published(row: Row, label: str, report: RunReport) -> list[DotRow]:
    lines = [DotRow(label, row.summary, OURS)]
    if row.published is not None and report.not_comparable is None:
        lines.append(DotRow("published", summarize(row.published.values, row.metric), THEIRS))
    return lines


def final_accuracy_in_words(report: RunReport) -> str:
    """Return the final accuracy on each split with its interval; empty without any."""
    rows = [row for row in report.rows if row.metric == "accuracy" and row.summary.n]
    found = [dots_in_words("accuracy", row.split, row.summary) for row in rows]
    return f"Final accuracy in percent: {'; '.join(found)}." if found else ""


def dots_in_words(metric: str, label: str, summary: Summary) -> str:
    """Return "test 91.7, 95 % interval 90.0 to 93.4, n = 5", for an alternative text."""
    decimals = decimals_of(metric, summary.sd)
    shown = show_interval(metric, summary.ci95, decimals)
    interval = f", 95 % interval {shown}" if shown else ""
    return f"{label} {show(metric, summary.mean, decimals)}{interval}, n = {summary.n}"
