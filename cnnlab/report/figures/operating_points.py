"""What the ROC and the precision-recall curve of two classes share: repeats, thresholds, lines and marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnlab.positive_class import POSITIVE
from cnnlab.report.figures.style import VALIDATION
from cnnlab.report.predictions import measured_predictions
from cnnlab.runs.read import Run
from cnnlab.runs.run_data import RepeatResult

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

POINTS = 501  # at which curves are drawn and averaged
HALF = 0.5
MARKERS = {"threshold 1/2": "o", "chosen on validation": "s"}

Point = tuple[float, float]


@dataclass(frozen=True)
class Scored:
    """One repeat's images of two classes. positive: bool (n,), both values among them.

    probabilities: (n, 2). threshold: that which validation chose; None where result.json has none.
    """

    split: str
    positive: "np.ndarray"
    probabilities: "np.ndarray"
    threshold: float | None

    @property
    def scores(self) -> "np.ndarray":
        """The probability of the positive class, (n,)."""
        return self.probabilities[:, POSITIVE]


def scored_repeats(run: Run) -> list[Scored]:
    """The finished repeats; empty for other than two classes, or where a class has no image."""
    return [
        Scored(one.split, one.label == POSITIVE, one.probabilities, chosen_threshold(repeat))
        for repeat, one in measured_predictions(run)
        if one.num_classes == 2 and len(set(one.label.tolist())) == 2
    ]


def chosen_threshold(repeat: RepeatResult) -> float | None:
    """The threshold that validation chose for a repeat; None where result.json has none."""
    threshold = repeat.result.threshold
    return None if threshold is None else threshold.value


def mean_point(points: Sequence[Point | None]) -> Point | None:
    """The mean of the repeats' points; None where one of them has none."""
    known = [point for point in points if point is not None]
    if not known or len(known) < len(points):
        return None
    x, y = zip(*known, strict=True)
    return sum(x) / len(known), sum(y) / len(known)


def draw_curves(ax: "Axes", x: "np.ndarray", curves: "np.ndarray", area: str) -> None:
    """Each repeat thin where there are several, and their mean bold. x: (points,); curves: (repeats, points)."""
    several = len(curves) > 1
    for number, y in enumerate(curves if several else ()):
        label = "each repeat" if number == 0 else None
        ax.plot(x, y, color=VALIDATION, linewidth=0.5, alpha=0.5, label=label)
    ax.plot(x, curves.mean(axis=0), color=VALIDATION, label=f"mean, {area}" if several else area)


def draw_points(ax: "Axes", points: Sequence[Point | None]) -> None:
    """Mark the points at one half and at the chosen threshold, and let nothing be cut off at the edges."""
    for point, (label, marker) in zip(points, MARKERS.items(), strict=True):
        if point is not None:
            ax.plot(*point, marker, color="white", markeredgecolor=VALIDATION, markersize=4.5, label=label)
    ax.set_aspect("equal")
    ax.set(xlim=(0, 1), ylim=(0, 1))
    for line in ax.lines:
        line.set_clip_on(False)
    ax.grid(True, axis="both")
