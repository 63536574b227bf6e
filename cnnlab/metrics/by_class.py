"""Metrics in which a rare class counts as much as a frequent one: F1 and balanced accuracy."""

import numpy as np

from cnnlab.metrics.base import Metric, metric
from cnnlab.metrics.confusion import ClassFigures, class_figures, confusion_counts
from cnnlab.positive_class import POSITIVE


@metric(two_classes=True, of_more="f1_macro")
def f1() -> Metric:
    """F1 of the positive class, class 1: the harmonic mean of its precision and recall."""
    return Metric("f1", lambda labels, p: float(_figures(labels, p).f1[POSITIVE]), (POSITIVE,))


@metric
def f1_macro(*, num_classes: int) -> Metric:
    """Mean of the classes' F1, each class against the rest, every image given to its most probable class."""
    return Metric(
        "f1_macro", lambda labels, p: float(_figures(labels, p).f1.mean()), tuple(range(num_classes))
    )


@metric
def balanced_accuracy(*, num_classes: int) -> Metric:
    """Mean of the classes' recalls: the accuracy if all classes were equally frequent."""
    return Metric(
        "balanced_accuracy",
        lambda labels, p: float(_figures(labels, p).recall.mean()),
        tuple(range(num_classes)),
    )


def _figures(labels: np.ndarray, probabilities: np.ndarray) -> ClassFigures:
    return class_figures(confusion_counts(labels, probabilities))
