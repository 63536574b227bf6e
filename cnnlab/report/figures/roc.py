"""The ROC curve of two classes: each repeat thin, their mean bold, and where the thresholds lie on it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnlab.errors import counted
from cnnlab.positive_class import POSITIVE
from cnnlab.report.document import Figure
from cnnlab.report.figures.confusion import class_names
from cnnlab.report.figures.style import (
    COLUMN_INCHES,
    MUTED,
    VALIDATION,
    shorten,
    titled,
)
from cnnlab.report.numbers import mean_and_sd
from cnnlab.report.predictions import measured_predictions
from cnnlab.report.titles import subtitle
from cnnlab.runs.read import Run
from cnnlab.runs.run_data import RepeatResult
from cnnlab.runs.summary import Summary, summarize

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

POINTS = 501  # false positive rates at which curves are drawn and averaged


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
    at_half: tuple[float, float]
    at_threshold: tuple[float, float] | None

    def in_words(self) -> str:
        """What the figure shows, in a sentence."""
        area = mean_and_sd(self.auc, with_n=True)
        return f"ROC curve of {self.positive} on the {self.split} set: area {area}."


def roc_curves(run: Run) -> RocCurves | None:
    """The curves of the finished repeats; None for other than two classes, or where a class has no image."""
    found = measured_predictions(run)
    usable = [pair for pair in found if pair[1].num_classes == 2 and len(set(pair[1].label.tolist())) == 2]
    if not usable:
        return None
    import numpy as np

    from cnnlab.metrics import roc_auc, roc_curve

    grid = np.linspace(0, 1, POINTS)
    rates, halves, chosen, areas = [], [], [], []
    for repeat, predictions in usable:
        positive, scores = predictions.label == POSITIVE, predictions.probabilities[:, POSITIVE]
        rates.append(np.interp(grid, *roc_curve(positive, scores)))
        areas.append(roc_auc(predictions.label, predictions.probabilities))
        halves.append(_point(positive, scores, 0.5))
        threshold = chosen_threshold(repeat)
        chosen += [] if threshold is None else [_point(positive, scores, threshold)]
    return RocCurves(
        usable[0][1].split,
        class_names(run, 2)[POSITIVE],
        summarize(areas, "auc"),
        grid,
        np.array(rates),
        _mean(halves),
        _mean(chosen) if len(chosen) == len(usable) else None,
    )


def chosen_threshold(repeat: RepeatResult) -> float | None:
    """The threshold that validation chose for a repeat; None where result.json has none."""
    threshold = repeat.result.threshold
    return None if threshold is None else threshold.value


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
    repeats = len(curves.true_rates)
    ax.plot([0, 1], [0, 1], color=MUTED, linewidth=0.6, linestyle=(0, (1, 2)))
    for number, rates in enumerate(curves.true_rates if repeats > 1 else ()):
        x, y = _from_origin(curves.false_rate, rates)
        label = "each repeat" if number == 0 else None
        ax.plot(x, y, color=VALIDATION, linewidth=0.5, alpha=0.5, label=label)
    area = f"area {mean_and_sd(curves.auc)}"
    x, y = _from_origin(curves.false_rate, curves.true_rates.mean(axis=0))
    ax.plot(x, y, color=VALIDATION, label=f"mean, {area}" if repeats > 1 else area)
    marks = ((curves.at_half, "o", "threshold 1/2"), (curves.at_threshold, "s", "chosen on validation"))
    for point, marker, label in marks:
        if point is not None:
            ax.plot(*point, marker, color="white", markeredgecolor=VALIDATION, markersize=4.5, label=label)
    ax.set_aspect("equal")
    ax.set(xlim=(0, 1), ylim=(0, 1))
    for line in ax.lines:
        line.set_clip_on(False)
    ax.grid(True, axis="both")
    ax.set_xlabel("1 - specificity (false positive rate)")
    ax.set_ylabel(f"sensitivity (share of {shorten(curves.positive, 20)} found)")
    ax.legend(loc="lower right")


def _from_origin(false_rate: "np.ndarray", true_rate: "np.ndarray") -> "tuple[np.ndarray, np.ndarray]":
    """The curve with its beginning, from which it may rise straight up."""
    import numpy as np

    return np.insert(false_rate, 0, 0.0), np.insert(true_rate, 0, 0.0)


def _point(positive: "np.ndarray", scores: "np.ndarray", threshold: float) -> tuple[float, float]:
    from cnnlab.metrics import sensitivity_specificity

    sensitivity, specificity = sensitivity_specificity(positive.astype(int), scores, threshold)
    return 1 - specificity, sensitivity


def _mean(points: list[tuple[float, float]]) -> tuple[float, float]:
    x, y = zip(*points, strict=True)
    return sum(x) / len(points), sum(y) / len(points)
