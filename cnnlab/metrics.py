"""Metrics: computed by Keras while training, and from stored probabilities (NumPy, float64) at the end."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.parameters import SmallInt
from cnnlab.registry import Registry

SMALLEST_PROBABILITY = float(np.finfo(np.float32).tiny)
"""A float32 softmax that underflows to 0 counts as this, 1.2e-38: -log of it is 87.3."""


@dataclass(frozen=True)
class Metric:
    """One metric: its key in tables, its Keras twin, and its value from stored probabilities."""

    key: str
    keras: Any  # () -> keras.metrics.Metric
    value: Any  # (labels (n,), probabilities (n, classes)) -> float


metric = Registry("metric", injected=("num_classes",))
"""Decorator and registry. A metric is called with its parameters and returns a `Metric`."""


@metric
def accuracy() -> Metric:
    """Share of images whose most probable class is the right one."""

    def keras() -> Any:
        from keras import metrics

        return metrics.CategoricalAccuracy(name="accuracy")

    return Metric("accuracy", keras, lambda labels, p: float(np.mean(np.argmax(p, axis=1) == labels)))


@metric
def top_k(*, k: SmallInt = 5) -> Metric:
    """Share of images whose class is among the `k` most probable."""

    def keras() -> Any:
        from keras import metrics

        return metrics.TopKCategoricalAccuracy(k=k, name=f"top_{k}")

    return Metric(f"top_{k}", keras, lambda labels, p: top_k_accuracy(labels, p, k))


@metric
def auc(*, num_classes: int) -> Metric:
    """Area under the ROC curve: of class 1 for two classes, else the mean of each against the rest."""

    def keras() -> Any:
        from keras import metrics

        return metrics.AUC(multi_label=True, num_labels=num_classes, name="auc")

    return Metric("auc", keras, roc_auc)


@metric
def precision(*, num_classes: int) -> Metric:
    """Share of true ones among the images given to class 1 (to any class, where there are more than two)."""

    def keras() -> Any:
        from keras import metrics

        if num_classes == 2:
            return metrics.Precision(class_id=1, name="precision")
        return metrics.Precision(name="precision")

    return Metric("precision", keras, lambda labels, p: precision_recall(labels, p)[0])


@metric
def recall(*, num_classes: int) -> Metric:
    """Share of class 1 that is found (of all images, where there are more than two classes)."""

    def keras() -> Any:
        from keras import metrics

        if num_classes == 2:
            return metrics.Recall(class_id=1, name="recall")
        return metrics.Recall(name="recall")

    return Metric("recall", keras, lambda labels, p: precision_recall(labels, p)[1])


def cross_entropy(labels: np.ndarray, probabilities: np.ndarray, label_smoothing: float = 0.0) -> float:
    """Mean of -sum_k t_k log p_k with t the one-hot labels, smoothed as Keras does: (1 - s) t + s / classes.

    labels: int (n,); probabilities: (n, classes). Computed in float64; p below 1.2e-38 counts as 1.2e-38.
    """
    logs = np.log(np.maximum(probabilities.astype(np.float64), SMALLEST_PROBABILITY))
    of_label = logs[np.arange(len(labels)), labels]
    return float(-np.mean((1 - label_smoothing) * of_label + label_smoothing * logs.mean(axis=1)))


def top_k_accuracy(labels: np.ndarray, probabilities: np.ndarray, k: int) -> float:
    """Share of images with fewer than `k` classes more probable than their own.

    labels (n,), probabilities (n, classes).
    """
    own = probabilities[np.arange(len(labels)), labels]
    return float(np.mean((probabilities > own[:, None]).sum(axis=1) < k))


def roc_auc(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Area under the ROC curve by ranks (Mann-Whitney U, ties count half); nan where a class has no image.

    labels (n,), probabilities (n, classes). Two classes: that of class 1; more: the mean over the classes.
    """
    classes = [1] if probabilities.shape[1] == 2 else range(probabilities.shape[1])
    return float(np.mean([_binary_auc(labels == k, probabilities[:, k]) for k in classes]))


def _binary_auc(positive: np.ndarray, scores: np.ndarray) -> float:
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if not n_positive or not n_negative:
        return float("nan")
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[positive].sum() - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def precision_recall(labels: np.ndarray, probabilities: np.ndarray) -> tuple[float, float]:
    """Precision and recall at a threshold of one half, as Keras counts them.

    Two classes: those of class 1; more: hits and predictions (probability above 1/2) pooled over all classes.
    Where nothing is predicted, or there is nothing to find, the value is 0.

    labels (n,), probabilities (n, classes).
    """
    true = labels[:, None] == np.arange(probabilities.shape[1])
    if probabilities.shape[1] == 2:
        true, probabilities = true[:, 1:], probabilities[:, 1:]
    predicted = probabilities > 0.5
    hits = int(np.sum(true & predicted))
    return hits / max(1, int(predicted.sum())), hits / max(1, int(true.sum()))
