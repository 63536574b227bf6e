"""Metrics that count hits: accuracy, top-k accuracy, precision, recall, sensitivity, specificity."""

from typing import Any

import numpy as np

from cnnlab.metrics.base import Metric, metric
from cnnlab.parameters import SmallInt
from cnnlab.positive_class import POSITIVE


@metric
def accuracy() -> Metric:
    """Share of images whose most probable class is the right one."""

    def keras() -> Any:
        from keras import metrics

        return metrics.CategoricalAccuracy(name="accuracy")

    return Metric("accuracy", lambda labels, p: float(np.mean(np.argmax(p, axis=1) == labels)), keras=keras)


@metric
def top_k(*, k: SmallInt = 5) -> Metric:
    """Share of images whose class is among the `k` most probable."""

    def keras() -> Any:
        from keras import metrics

        return metrics.TopKCategoricalAccuracy(k=k, name=f"top_{k}")

    return Metric(f"top_{k}", lambda labels, p: top_k_accuracy(labels, p, k), keras=keras)


@metric
def precision() -> Metric:
    """Share of true ones among the images given to the positive class, class 1 (of more than two: to any class)."""
    reason = "no image is given to a class whose hits it counts, with a probability above one half"
    return Metric("precision", lambda labels, p: precision_recall(labels, p)[0], reason=reason)


@metric
def recall(*, num_classes: int) -> Metric:
    """Share of the positive class, class 1, that is found (of more than two classes: of all images)."""
    needs = (POSITIVE,) if num_classes == 2 else ()
    return Metric("recall", lambda labels, p: precision_recall(labels, p)[1], needs)


@metric(two_classes=True, of_more="balanced_accuracy")
def sensitivity() -> Metric:
    """Share of the positive class, class 1, that is found, at a threshold of one half: the recall of two classes."""
    return Metric(
        "sensitivity", lambda labels, p: sensitivity_specificity(labels, p[:, POSITIVE])[0], (POSITIVE,)
    )


@metric(two_classes=True)
def specificity() -> Metric:
    """Share of class 0, the other one, that is recognised as such, at a threshold of one half."""
    return Metric(
        "specificity", lambda labels, p: sensitivity_specificity(labels, p[:, POSITIVE])[1], (1 - POSITIVE,)
    )


def top_k_accuracy(labels: np.ndarray, probabilities: np.ndarray, k: int) -> float:
    """Share of images with fewer than `k` classes more probable than their own.

    labels (n,), probabilities (n, classes).
    """
    own = probabilities[np.arange(len(labels)), labels]
    return float(np.mean((probabilities > own[:, None]).sum(axis=1) < k))


def precision_recall(labels: np.ndarray, probabilities: np.ndarray) -> tuple[float, float]:
    """Precision and recall at a threshold of one half, as Keras counts them.

    Two classes: those of class 1; more: hits and predictions (probability above 1/2) pooled over all classes.
    Precision is nan where nothing is predicted, recall where there is nothing to find.

    labels (n,), probabilities (n, classes).
    """
    true = labels[:, None] == np.arange(probabilities.shape[1])
    if probabilities.shape[1] == 2:
        true, probabilities = true[:, [POSITIVE]], probabilities[:, [POSITIVE]]
    predicted = probabilities > 0.5
    return _mean(true[predicted]), _mean(predicted[true])


def sensitivity_specificity(
    labels: np.ndarray, scores: np.ndarray, threshold: float = 0.5
) -> tuple[float, float]:
    """Shares of class 1 with a score above the threshold, and of class 0 with one not above it.

    nan where a class has no image. labels (n,), 0 or 1; scores (n,), the probability of class 1.
    """
    found = scores.astype(np.float64) > threshold
    positive = labels == POSITIVE
    return _mean(found[positive]), _mean(~found[~positive])


def _mean(hits: np.ndarray) -> float:
    return float(hits.mean()) if len(hits) else float("nan")
