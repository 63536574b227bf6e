"""The ROC curve of two classes: each repeat thin, their mean bold, and where the thresholds lie on it."""

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


@dataclass(frozen=True)
class RocCurves:
    """The ROC curves of a run's repeats on the split that they were measured on.

    false_rate: (points,), from 0 to 1; true_rates: (repeats, points). The mean curve is the mean of the true positive
    rates at each false positive rate. at_half, at_threshold: the mean (false rate, true rate) at a threshold of one
    half, and at those that validation chose; None without any.
    """

    split: str
    positive: str  # the name of the positive class
    auc: Summary
    false_rate: "np.ndarray"
    true_rates: "np.ndarray"
    at_half: Point | None
    at_threshold: Point | None

    def in_words(self) -> str:
        """What the figure shows, in a sentence."""
        area = mean_and_sd(self.auc, with_n=True)
        return f"ROC curve of {self.positive} on the {self.split} set: area {area}."


def roc_curves(run: Run) -> RocCurves | None:
    """The curves of the finished repeats; None for other than two classes, or where a class has no image."""
    found = scored_repeats(run)
    if not found:
        return None
    import numpy as np

    from cnnlab.metrics import roc_auc, roc_curve

    grid = np.linspace(0, 1, POINTS)
    return RocCurves(
        found[0].split,
        class_names(run, 2)[POSITIVE],
        summarize((roc_auc(one.positive.astype(int), one.probabilities) for one in found), "auc"),
        grid,
        np.array([np.interp(grid, *roc_curve(one.positive, one.scores)) for one in found]),
        mean_point([_point(one, HALF) for one in found]),
        mean_point([_point(one, one.threshold) for one in found]),
    )


def roc(run: Run) -> Figure | None:
    """The ROC curve; None for other than two classes and without predictions."""
    curves = roc_curves(run)
    if curves is None:
        return None

    def draw() -> "Drawing":
        about = subtitle(run, counted(len(curves.true_rates), "repeat"))
        with titled(COLUMN_INCHES + 0.1, run.name, f": {curves.split} set, ROC", about) as figure:
            _draw(figure.subplots(), curves)
        return figure

    caption = (
        f"ROC curve of {curves.positive}: each repeat thin, the mean bold, the mean operating points marked"
    )
    return Figure("roc", caption, curves.in_words(), draw)


def _draw(ax: "Axes", curves: RocCurves) -> None:
    import numpy as np

    ax.plot([0, 1], [0, 1], color=MUTED, linewidth=0.6, linestyle=(0, (1, 2)))
    from_origin = np.insert(curves.true_rates, 0, 0.0, axis=1)  # from which a curve may rise straight up
    draw_curves(ax, np.insert(curves.false_rate, 0, 0.0), from_origin, f"area {mean_and_sd(curves.auc)}")
    draw_points(ax, (curves.at_half, curves.at_threshold))
    ax.set_xlabel("1 - specificity (false positive rate)")
    ax.set_ylabel(f"sensitivity (share of {shorten(curves.positive, 20)} found)")
    ax.legend(loc="lower right")


def _point(one: Scored, threshold: float | None) -> Point | None:
    """False and true positive rate at a threshold; None without one."""
    if threshold is None:
        return None
    from cnnlab.metrics import sensitivity_specificity

    sensitivity, specificity = sensitivity_specificity(one.positive.astype(int), one.scores, threshold)
    return 1 - specificity, sensitivity
