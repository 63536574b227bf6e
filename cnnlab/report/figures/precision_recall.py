"""The precision-recall curve of two classes: each repeat thin, their mean bold, above the share of the class."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnlab.errors import counted
from cnnlab.positive_class import POSITIVE
from cnnlab.report.classes import class_names
from cnnlab.report.document import Figure
from cnnlab.report.figures.operating_points import (
    HALF,
    POINTS,
    Point,
    Scored,
    draw_curves,
    draw_points,
    mean_point,
    scored_repeats,
)
from cnnlab.report.figures.style import COLUMN_INCHES, MUTED, shorten, titled
from cnnlab.report.numbers import mean_and_sd
from cnnlab.report.titles import subtitle
from cnnlab.runs.read import Run
from cnnlab.runs.summary import Summary, summarize

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

ROUNDING = 1e-9  # below the share of one image


@dataclass(frozen=True)
class PrecisionRecallCurves:
    """The precision-recall curves of a run's repeats on the split that they were measured on.

    recall: (points,), from 0 to 1; precisions: (repeats, points), each that of the highest threshold which reaches the
    recall: the area under these steps is the average precision. The mean curve is the mean of the precisions at each
    recall. share: that of the positive class, the precision of guessing. at_half, at_threshold: the mean (recall,
    precision) at a threshold of one half, and at those that validation chose; None without any, and where a repeat
    gives no image to the class.
    """

    split: str
    positive: str  # the name of the positive class
    share: float
    average_precision: Summary
    recall: "np.ndarray"
    precisions: "np.ndarray"
    at_half: Point | None
    at_threshold: Point | None

    def in_words(self) -> str:
        """What the figure shows, in a sentence."""
        area = mean_and_sd(self.average_precision, with_n=True)
        return (
            f"Precision-recall curve of {self.positive} on the {self.split} set: average precision {area}; "
            f"{self.share:.3f} of the images are {self.positive}, which is the precision of guessing."
        )


def precision_recall_curves(run: Run) -> PrecisionRecallCurves | None:
    """The curves of the finished repeats; None for other than two classes, or where a class has no image."""
    found = scored_repeats(run)
    if not found:
        return None
    import numpy as np

    from cnnlab.metrics import average_precision

    grid = np.linspace(0, 1, POINTS)
    areas = (average_precision(one.positive.astype(int), one.probabilities) for one in found)
    return PrecisionRecallCurves(
        found[0].split,
        class_names(run, 2)[POSITIVE],
        float(np.mean([one.positive.mean() for one in found])),
        summarize(areas, "auc_pr"),
        grid,
        np.array([_precision_at(one, grid) for one in found]),
        mean_point([_point(one, HALF) for one in found]),
        mean_point([_point(one, one.threshold) for one in found]),
    )


def precision_recall(run: Run) -> Figure | None:
    """The precision-recall curve; None for other than two classes and without predictions."""
    curves = precision_recall_curves(run)
    if curves is None:
        return None

    def draw() -> "Drawing":
        about = subtitle(run, counted(len(curves.precisions), "repeat"))
        detail = f": {curves.split} set, precision and recall"
        with titled(COLUMN_INCHES + 0.1, run.name, detail, about) as figure:
            _draw(figure.subplots(), curves)
        return figure

    caption = (
        f"Precision-recall curve of {curves.positive}: each repeat thin, the mean bold, the mean operating points "
        "marked; dotted the share of the class"
    )
    return Figure("precision_recall", caption, curves.in_words(), draw)


def _draw(ax: "Axes", curves: PrecisionRecallCurves) -> None:
    name = shorten(curves.positive, 20)
    draw_curves(ax, curves.recall, curves.precisions, f"AP {mean_and_sd(curves.average_precision)}")
    share = f"share of {name}, {curves.share:.3f}"
    ax.axhline(curves.share, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)), label=share)
    draw_points(ax, (curves.at_half, curves.at_threshold))
    ax.set_xlabel(f"recall (share of {name} found)")
    ax.set_ylabel(f"precision (share of findings that are {name})")
    ax.legend(loc="best")


def _precision_at(one: Scored, recall: "np.ndarray") -> "np.ndarray":
    """The precision of the highest threshold that reaches each recall, (points,); at 0 that of the first find."""
    import numpy as np

    from cnnlab.metrics import precision_recall_curve

    precisions, recalls = precision_recall_curve(one.positive, one.scores)
    places: np.ndarray = np.searchsorted(recalls, np.maximum(recall - ROUNDING, ROUNDING))
    return precisions[places.clip(max=len(precisions) - 1)]


def _point(one: Scored, threshold: float | None) -> Point | None:
    """Recall and precision at a threshold; None without one, and where nothing lies above it."""
    found = None if threshold is None else one.scores.astype("float64") > threshold
    if found is None or not found.any():
        return None
    return float(found[one.positive].mean()), float(one.positive[found].mean())
