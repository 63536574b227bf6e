"""The confusion matrix: which classes are taken for which, averaged over the repeats."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnnlab.errors import counted
from cnnlab.report.classes import Confusion, confused_pairs, confusion_of
from cnnlab.report.document import Figure
from cnnlab.report.figures.style import COLUMN_INCHES, INK, MUTED, shorten, titled
from cnnlab.report.titles import subtitle
from cnnlab.runs.read import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

COUNTS_UP_TO = 4  # classes: each cell holds the count too; beyond, the counts stand beside the rows
NUMBERS_UP_TO = 12  # classes: cells hold numbers at all
LABELS_UP_TO = 40  # classes: each row and column is named


def confusion(run: Run) -> Figure | None:
    """The mean confusion matrix; None when no repeat has predictions."""
    matrix = confusion_of(run)
    if matrix is None:
        return None

    def draw() -> "Drawing":
        mean = f"mean of {matrix.repeats}" if matrix.repeats > 1 else counted(matrix.repeats, "repeat")
        with titled(COLUMN_INCHES + 0.15, run.name, f": {matrix.split} set", subtitle(run, mean)) as figure:
            _draw(figure.subplots(), matrix)
        return figure

    caption = "Which classes are taken for which, averaged over the repeats"
    return Figure("confusion", caption, _in_words(matrix), draw)


def _in_words(matrix: Confusion) -> str:
    """Return which class is recognised least, and which mistake is the most frequent."""
    percent, names = matrix.percent, matrix.class_names
    worst = min(range(len(names)), key=lambda k: float(percent[k, k]))
    least = f"Of class {names[worst]} {percent[worst, worst]:.1f} % are recognised, the fewest"
    mistakes = [
        f"; the most frequent mistake is {pair.true} taken for {pair.taken_for}, {pair.percent:.1f} %"
        for pair in confused_pairs(matrix, 1)
    ]
    return f"Confusion matrix of the {matrix.split} set. {least}{''.join(mistakes)}."


def _draw(ax: "Axes", matrix: Confusion) -> None:
    from matplotlib.colors import PowerNorm

    number = len(matrix.class_names)
    # The square root keeps rare mistakes visible beside the diagonal.
    ax.imshow(matrix.percent, cmap="Blues", norm=PowerNorm(0.5, vmin=0, vmax=100), aspect="equal")
    ax.grid(False)
    ax.spines[:].set_visible(False)
    ax.set_xlabel("predicted")
    ax.set_ylabel("true")
    ax.tick_params(length=0)
    if number <= LABELS_UP_TO:
        _name_classes(ax, matrix.class_names)
    if number <= NUMBERS_UP_TO:
        _write_cells(ax, matrix)
    ax.set_title(_explanation(number), fontsize=6, color=MUTED, loc="left")
    if COUNTS_UP_TO < number <= LABELS_UP_TO:
        _write_totals(ax, matrix)


def _explanation(number: int) -> str:
    if number <= COUNTS_UP_TO:
        return "% of the true class, and how many images"
    if number <= NUMBERS_UP_TO:
        return "% of the true class, whose images are counted on the right"
    return "the darker, the larger the share of the true class"


def _name_classes(ax: "Axes", names: Sequence[str]) -> None:
    labels = [shorten(name, 14) for name in names]
    size = 6.5 if len(names) <= 15 else 4.5
    long = max(map(len, labels)) * len(labels) > 45
    ax.set_xticks(range(len(labels)), labels, rotation=90 if long else 0, fontsize=size)
    ax.set_yticks(range(len(labels)), labels, fontsize=size)


def _write_cells(ax: "Axes", matrix: Confusion) -> None:
    for true, row in enumerate(matrix.percent):
        for predicted, percent in enumerate(row):
            count = matrix.counts[true, predicted]
            ax.text(
                predicted,
                true,
                cell_text(percent, count, with_count=len(row) <= COUNTS_UP_TO),
                ha="center",
                va="center",
                fontsize=8 if len(row) <= COUNTS_UP_TO else 5.2,
                color="white" if percent > 40 else INK,
            )


def cell_text(percent: float, count: float, with_count: bool) -> str:
    """Return what a cell says; nothing where there is nothing."""
    number = "100" if percent >= 99.95 else f"{percent:.1f}"
    if with_count:
        return f"{number} %\n{count:,.1f}".removesuffix(".0")
    return number if count else ""


def _write_totals(ax: "Axes", matrix: Confusion) -> None:
    number = len(matrix.class_names)
    size = 5.5 if number <= 15 else 4.5
    for true, total in enumerate(matrix.counts.sum(axis=1)):
        ax.text(number - 0.3, true, f"{total:,.0f}", va="center", fontsize=size, color=MUTED)
