"""What every network with two classes reports: figures without a threshold, at one half, and at a chosen one."""

from dataclasses import dataclass

import numpy as np

from cnnlab.metrics.calibration import expected_calibration_error
from cnnlab.metrics.counting import sensitivity, sensitivity_specificity, specificity
from cnnlab.metrics.ranking import auc, auc_onehot, auc_pr, roc_curve
from cnnlab.positive_class import POSITIVE

YOUDEN = "youden"
TWO_CLASS_METRICS = (auc(num_classes=2), auc_onehot(), auc_pr(num_classes=2), sensitivity(), specificity())
"""What two classes always have, whatever the config asks for."""


@dataclass(frozen=True)
class Threshold:
    """From which probability of class 1 on an image counts as class 1, and what chose it."""

    value: float  # an image is positive when its probability is above it
    rule: str
    split: str  # the images that chose it; never test

    def plain(self) -> dict[str, float | str]:
        """For result.json."""
        return {"value": self.value, "rule": self.rule, "split": self.split}


def two_class_figures(labels: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """AUCs, sensitivity and specificity at one half, calibration error. labels (n,), probabilities (n, 2)."""
    figures = {each.key: each.value(labels, probabilities) for each in TWO_CLASS_METRICS}
    return figures | {"ece": expected_calibration_error(labels, probabilities)}


def figures_at_threshold(labels: np.ndarray, probabilities: np.ndarray, threshold: float) -> dict[str, float]:
    """Accuracy, sensitivity and specificity when class 1 is what lies above `threshold`.

    labels (n,), probabilities (n, 2).
    """
    scores = probabilities[:, POSITIVE].astype(np.float64)
    sensitivity, specificity = sensitivity_specificity(labels, scores, threshold)
    return {
        "accuracy_at_threshold": float(np.mean((scores > threshold) == labels)),
        "sensitivity_at_threshold": sensitivity,
        "specificity_at_threshold": specificity,
    }


def youden_threshold(labels: np.ndarray, probabilities: np.ndarray) -> float | None:
    """The threshold with the largest sensitivity + specificity - 1 (Youden 1950): midway between two scores.

    Of several equally good ones that nearest to one half. None where a class has no image.

    labels (n,), probabilities (n, 2).
    """
    positive, scores = labels == POSITIVE, probabilities[:, POSITIVE].astype(np.float64)
    if positive.all() or not positive.any():
        return None
    false_rate, true_rate = roc_curve(positive, scores)
    below = np.unique(scores)[::-1]  # as in the curve, whose first point is above all of them
    between = np.minimum(below[1:] + (below[:-1] - below[1:]) / 2, np.nextafter(below[:-1], 0))
    thresholds = np.append(1.0, between)
    advantage = np.round(true_rate - false_rate, 12)[
        :-1
    ]  # the last point, all positive, is as good as the first
    best = np.flatnonzero(advantage == advantage.max())
    return float(thresholds[best[np.argmin(np.abs(thresholds[best] - 0.5))]])
