"""Metrics of ranks, which no threshold decides: the areas under ROC and precision-recall curves."""

import numpy as np

from cnnlab.metrics.base import Metric, metric
from cnnlab.positive_class import POSITIVE


@metric
def auc(*, num_classes: int) -> Metric:
    """Area under the ROC curve: of the positive class, class 1, of two, else the mean of each against the rest.

    nan where a class has no image, as in scikit-learn: a mean over the others would be another figure.
    """
    return Metric("auc", roc_auc, tuple(range(num_classes)))


@metric
def auc_onehot() -> Metric:
    """Keras' AUC of one-hot labels: all columns pooled as if they were images. Not the ROC AUC of a class.

    It is what `metrics=["AUC"]` prints beside a softmax, kept for comparison with figures made so.
    """
    return Metric("auc_onehot", pooled_auc)


@metric
def auc_pr(*, num_classes: int) -> Metric:
    """Average precision of the positive class, class 1 (with more than two classes: the mean over them).

    The mean of the precision at each found image, sum over n of (R_n - R_(n-1)) P_n, without interpolation. nan where
    one of these classes has no image.
    """
    return Metric("auc_pr", average_precision, _classes(num_classes))


def roc_auc(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Area under the ROC curve by ranks (Mann-Whitney U, ties count half); nan where a class has no image.

    labels (n,), probabilities (n, classes). Two classes: that of class 1; more: the mean over the classes.
    """
    return float(
        np.mean([_binary_auc(labels == k, probabilities[:, k]) for k in _classes(probabilities.shape[1])])
    )


def pooled_auc(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The same of all n x classes pairs of a one-hot label and its probability, pooled.

    labels (n,), probabilities (n, classes). Keras' `AUC()` is a sum over 200 thresholds; this is exact.
    """
    one_hot = labels[:, None] == np.arange(probabilities.shape[1])
    return _binary_auc(one_hot.ravel(), probabilities.ravel())


def average_precision(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Average precision, sum over n of (R_n - R_(n-1)) P_n, R and P at the n-th highest of the distinct scores.

    labels (n,), probabilities (n, classes). Two classes: that of class 1; more: the mean over the classes. nan where
    a class has no image. Source: Zhu (2004), Recall, precision and average precision; as in scikit-learn.
    """
    classes = _classes(probabilities.shape[1])
    return float(np.mean([_average_precision(labels == k, probabilities[:, k]) for k in classes]))


def roc_curve(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """False and true positive rates, each rising from 0 to 1, at every distinct score from above.

    positive: bool (n,), both values among them; scores: (n,).
    """
    true, false = _found(positive, scores)
    rates = (counts / counts[-1] for counts in (false, true))
    false_rate, true_rate = (np.concatenate([[0.0], rate]) for rate in rates)
    return false_rate, true_rate


def precision_recall_curve(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Precision and recall at every distinct score from above; recall rises to 1.

    Between two of them the curve has the precision of the second: the area under these steps is the average precision.

    positive: bool (n,), True among them; scores: (n,).
    """
    true, false = _found(positive, scores)
    return true / (true + false), true / true[-1]


def _classes(num_classes: int) -> tuple[int, ...]:
    """The classes whose figures are averaged."""
    return (POSITIVE,) if num_classes == 2 else tuple(range(num_classes))


def _found(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many positive and negative images have at least each of the distinct scores, from the highest down."""
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)  # of each group of equal scores
    true = np.cumsum(positive[order])[last]
    return true, last + 1 - true


def _binary_auc(positive: np.ndarray, scores: np.ndarray) -> float:
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if not n_positive or not n_negative:
        return float("nan")
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[positive].sum() - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def _average_precision(positive: np.ndarray, scores: np.ndarray) -> float:
    if not positive.any():
        return float("nan")
    precision, recall = precision_recall_curve(positive, scores)
    return float(np.sum(np.diff(recall, prepend=0) * precision))
