"""How often each class is taken for each, where an image is given to its most probable class."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ClassFigures:
    """Figures of each class against the rest, float64 (classes,); support: its images, int64 (classes,).

    precision is nan where no image is given to the class; recall and F1 are nan where it has no image.
    """

    support: np.ndarray
    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray


def confusion_counts(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Images by their class (row) and their most probable class (column), int64 (classes, classes).

    Of equally probable classes the first one counts: of two, one half itself is not a finding of class 1.

    labels: int (n,); probabilities: (n, classes).
    """
    classes = probabilities.shape[1]
    cells = labels.astype(np.int64) * classes + probabilities.argmax(axis=1)
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def class_figures(counts: np.ndarray) -> ClassFigures:
    """Precision TP / (TP + FP), recall TP / (TP + FN) and F1 2 TP / (2 TP + FP + FN) of each class.

    F1 is the harmonic mean of the two, and 0 for a class with images to which none is given. Without an image of a
    class its recall is 0 of 0, and its F1 undefined with it.

    counts: of `confusion_counts`, (classes, classes). Source: van Rijsbergen (1979), Information Retrieval.
    """
    hits, support, given = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    with np.errstate(invalid="ignore"):
        f1 = np.where(support > 0, 2 * hits / (support + given), np.nan)
        return ClassFigures(support, hits / given, hits / support, f1)
