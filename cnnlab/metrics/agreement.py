"""Agreement of labels and predictions beyond chance, from -1 to 1: Cohen's kappa and Matthews' correlation."""

import numpy as np

from cnnlab.metrics.base import Metric, metric
from cnnlab.metrics.confusion import confusion_counts

ONE_CLASS = "all images are of one class, and given to it"


@metric
def cohen_kappa() -> Metric:
    """Cohen's kappa: the share of hits beyond those expected by chance; 1 is perfect, 0 chance."""
    return Metric("cohen_kappa", lambda labels, p: kappa(confusion_counts(labels, p)), reason=ONE_CLASS)


@metric
def matthews() -> Metric:
    """Matthews' correlation of labels and predictions (with more than two classes Gorodkin's); 0 is chance."""
    return Metric("matthews", lambda labels, p: correlation(confusion_counts(labels, p)), reason=ONE_CLASS)


def kappa(counts: np.ndarray) -> float:
    """Cohen's kappa (1960), (p_o - p_e) / (1 - p_e): p_o the share of hits, p_e that of independent margins.

    nan where p_e is 1: one class alone is there and predicted. counts: of `confusion_counts`, (classes, classes).
    """
    n = counts.sum()
    expected = counts.sum(axis=0) @ counts.sum(axis=1) / n**2
    observed = np.trace(counts) / n
    return float((observed - expected) / (1 - expected)) if expected < 1 else float("nan")


def correlation(counts: np.ndarray) -> float:
    """Matthews' correlation coefficient (1975), of any number of classes as Gorodkin's R_K (2004).

    (c n - sum t_k p_k) / sqrt((n^2 - sum p_k^2) (n^2 - sum t_k^2)), with c hits of n images, t_k of class k, p_k given
    to it. 0 where the images, or the predictions, are all of one class, as in scikit-learn; but nan where one class
    alone is there and predicted, as for kappa. counts: of `confusion_counts`, (classes, classes).
    """
    counts = counts.astype(np.float64)
    n, true, given = counts.sum(), counts.sum(axis=1), counts.sum(axis=0)
    spreads = (n**2 - given @ given) * (n**2 - true @ true)
    if spreads > 0:
        return float((np.trace(counts) * n - true @ given) / np.sqrt(spreads))
    return float("nan") if np.trace(counts) == n else 0.0
