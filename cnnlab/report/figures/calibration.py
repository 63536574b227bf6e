"""Calibration of two classes: what was predicted against what was so, and how many images lie where."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnlab.errors import counted
from cnnlab.positive_class import POSITIVE
from cnnlab.report.classes import class_names
from cnnlab.report.document import Figure
from cnnlab.report.figures.style import MUTED, VALIDATION, shorten, titled
from cnnlab.report.numbers import mean_and_sd
from cnnlab.report.predictions import measured_predictions
from cnnlab.report.titles import subtitle
from cnnlab.runs.read import Run
from cnnlab.runs.summary import Summary, summarize

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

    from cnnlab.metrics import Bins


@dataclass(frozen=True)
class Calibration:
    """Calibration of a run's repeats on the split that they were measured on.

    each: every repeat's bins; together: those of all repeats' predictions, whose counts are divided by their number.
    """

    split: str
    positive: str  # the name of the positive class
    error: Summary  # the expected calibration error
    each: "tuple[Bins, ...]"
    together: "Bins"
    counts: "np.ndarray"  # images in each bin, the mean over repeats

    def in_words(self) -> str:
        """What the figure shows, in a sentence."""
        return (
            f"Predicted probability of {self.positive} against its observed share on the {self.split} set, in "
            f"{len(self.counts)} bins: expected calibration error {mean_and_sd(self.error, with_n=True)}."
        )


def calibration_of(run: Run) -> Calibration | None:
    """Gather the finished repeats; None for other than two classes and without predictions."""
    usable = [one for _, one in measured_predictions(run) if one.num_classes == 2]
    if not usable:
        return None
    import numpy as np

    from cnnlab.metrics import calibration_bins, expected_calibration_error

    pairs = [(one.label == POSITIVE, one.probabilities[:, POSITIVE]) for one in usable]
    positive, probability = (np.concatenate(arrays) for arrays in zip(*pairs, strict=True))
    together = calibration_bins(positive, probability)
    return Calibration(
        usable[0].split,
        class_names(run, 2)[POSITIVE],
        summarize((expected_calibration_error(one.label, one.probabilities) for one in usable), "ece"),
        tuple(calibration_bins(*pair) for pair in pairs),
        together,
        together.count / len(usable),
    )


def calibration(run: Run) -> Figure | None:
    """The calibration above the counts; None for other than two classes and without predictions."""
    found = calibration_of(run)
    if found is None:
        return None

    def draw() -> "Drawing":
        about = subtitle(run, counted(len(found.each), "repeat"))
        with titled(3.9, run.name, f": {found.split} set, calibration", about) as figure:
            above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
            _draw(above, found)
            _count(below, found)
        return figure

    caption = (
        f"Predicted probability of {found.positive} against its observed share, above the number of images"
    )
    return Figure("calibration", caption, found.in_words(), draw)


def _draw(ax: "Axes", found: Calibration) -> None:
    ax.plot([0, 1], [0, 1], color=MUTED, linewidth=0.6, linestyle=(0, (1, 2)), label="perfect")
    for number, bins in enumerate(found.each if len(found.each) > 1 else ()):
        x, y = _points(bins)
        label = "each repeat" if number == 0 else None
        ax.plot(x, y, color=VALIDATION, linewidth=0.5, alpha=0.5, label=label)
    error = f"ECE {mean_and_sd(found.error)}"
    label = f"together, {error}" if len(found.each) > 1 else error
    ax.plot(*_points(found.together), marker="o", markersize=3.2, color=VALIDATION, label=label)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    for line in ax.lines:
        line.set_clip_on(False)
    ax.grid(True, axis="both")
    ax.set_ylabel(f"share that is {shorten(found.positive, 20)}")
    ax.legend(loc="lower right")


def _count(ax: "Axes", found: Calibration) -> None:
    import numpy as np

    edges = np.linspace(0, 1, len(found.counts) + 1)
    ax.bar(
        edges[:-1],
        found.counts,
        width=edges[1],
        align="edge",
        color=VALIDATION,
        edgecolor="white",
        linewidth=0.5,
    )
    ax.set_yscale("log")
    ax.set_ylim(bottom=0.5)
    ax.yaxis.set_major_formatter("{x:,.0f}")  # not as a power, which would need math text
    ax.yaxis.set_minor_formatter("")
    ax.set_ylabel("images")
    ax.set_xlabel(f"predicted probability of {shorten(found.positive, 20)}")


def _points(bins: "Bins") -> "tuple[np.ndarray, np.ndarray]":
    """The bins that hold images."""
    filled = bins.count > 0
    return bins.predicted[filled], bins.observed[filled]
