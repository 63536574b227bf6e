"""Figures of many resamples of whole groups at once, without a copy of an image.

A resample takes each group some number of times, and all of its images with it. Ratios of sums need the sums of each
group alone; areas under curves need the images by their scores, each counted as often as its group is taken.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from cnnlab.metrics.agreement import correlation, kappa
from cnnlab.metrics.confusion import class_figures
from cnnlab.metrics.likelihood import SMALLEST_PROBABILITY
from cnnlab.positive_class import POSITIVE

AT_A_TIME = 2**17  # numbers that fit into a processor's cache
MOST_RANKED = 400_000  # scores of a network that are ranked: 2,000 resamples of them take seconds
MOST_CLASSES = 50  # that are counted as what they are taken for

OF_COUNTS: dict[str, Callable[[np.ndarray], float]] = {
    "f1": lambda counts: float(class_figures(counts).f1[POSITIVE]),
    "f1_macro": lambda counts: float(class_figures(counts).f1.mean()),
    "balanced_accuracy": lambda counts: float(class_figures(counts).recall.mean()),
    "cohen_kappa": kappa,
    "matthews": correlation,
}
"""Figures of `confusion_counts`, (classes, classes)."""

Ratio = tuple[np.ndarray, np.ndarray]
"""What is counted of each image, and of how many: (n,) each."""


@dataclass(frozen=True)
class GroupedImages:
    """The probabilities of a network for images in groups.

    labels: class indices, int64 (n,). probabilities: (n, classes). groups: each image's group, from 0, int64 (n,).
    threshold: the chosen one of two classes, if any.
    """

    labels: np.ndarray
    probabilities: np.ndarray
    groups: np.ndarray
    threshold: float | None = None


def resampled_figures(
    images: GroupedImages, times: np.ndarray, keys: Collection[str]
) -> dict[str, np.ndarray]:
    """Return figures of each resample by their keys: float64 (resamples,), nan where one is undefined.

    times: how often each resample takes each group, (resamples, groups). Of `keys`, those are left out that are not
    known here: ratios of sums over images, figures of `confusion_counts` and the areas `auc` and `auc_pr` are. The
    calibration error is not, which grows by itself where images are repeated.
    """
    times = times.astype(np.float64)
    ratios = {key: ratio for key, ratio in _ratios(images, keys).items() if key in keys}
    figures = {key: _ratio(ratio, images.groups, times) for key, ratio in ratios.items()}
    figures |= _of_counts(images, times, [key for key in OF_COUNTS if key in keys])
    if {"auc", "auc_pr"} & set(keys) and images.probabilities.size <= MOST_RANKED:
        areas = [
            _areas(images.labels == k, images.probabilities[:, k], images, times) for k in _classes(images)
        ]
        both = dict(zip(("auc", "auc_pr"), np.mean(areas, axis=0), strict=True))
        figures |= {key: area for key, area in both.items() if key in keys}
    return figures


def _of_counts(images: GroupedImages, times: np.ndarray, keys: Collection[str]) -> dict[str, np.ndarray]:
    """The figures that go by how often each class is taken for each."""
    classes = images.probabilities.shape[1]
    if not keys or classes > MOST_CLASSES:
        return {}
    cells = images.labels * classes + images.probabilities.argmax(axis=1)
    own = np.bincount(images.groups * classes**2 + cells, minlength=times.shape[1] * classes**2)
    counts = (times @ own.reshape(times.shape[1], -1)).reshape(-1, classes, classes)
    return {
        key: np.array([OF_COUNTS[key](each) if each.any() else np.nan for each in counts]) for key in keys
    }


def _classes(images: GroupedImages) -> tuple[int, ...]:
    """The classes whose areas are averaged."""
    classes = images.probabilities.shape[1]
    return (POSITIVE,) if classes == 2 else tuple(range(classes))


def _ratios(images: GroupedImages, keys: Collection[str]) -> dict[str, Ratio]:
    """The figures that are a sum over images by another one."""
    among = {key: int(key[4:]) for key in keys if key.startswith("top_") and key[4:].isdecimal()}
    labels, p = images.labels, images.probabilities
    one, own = np.ones(len(labels)), p[np.arange(len(labels)), labels]
    above = (p > own[:, None]).sum(axis=1)
    found: dict[str, Ratio] = {
        "accuracy": (np.equal(p.argmax(axis=1), labels), one),
        "cross_entropy": (-np.log(np.maximum(own.astype(np.float64), SMALLEST_PROBABILITY)), one),
        **{key: (above < k, one) for key, k in among.items()},
    }
    if p.shape[1] == 2:
        found |= _of_two_classes(labels, p[:, POSITIVE].astype(np.float64), images.threshold)
    else:
        given = p > 0.5
        right = given[np.arange(len(labels)), labels]
        found |= {"precision": (right, given.max(axis=1)), "recall": (right, one)}
    return found


def _of_two_classes(labels: np.ndarray, scores: np.ndarray, threshold: float | None) -> dict[str, Ratio]:
    """Those at one half, and at the chosen threshold. scores: the probabilities of class 1, float64 (n,)."""
    positive, given = labels == POSITIVE, scores > 0.5
    found = {
        "precision": (given & positive, given),
        "recall": (given & positive, positive),
        "sensitivity": (given & positive, positive),
        "specificity": (~given & ~positive, ~positive),
    }
    if threshold is not None:
        above = scores > threshold
        found |= {
            "accuracy_at_threshold": (above == positive, np.ones(len(labels))),
            "sensitivity_at_threshold": (above & positive, positive),
            "specificity_at_threshold": (~above & ~positive, ~positive),
        }
    return found


def _ratio(ratio: Ratio, groups: np.ndarray, times: np.ndarray) -> np.ndarray:
    counted, all_of_them = (times @ np.bincount(groups, one, times.shape[1]) for one in ratio)
    with np.errstate(invalid="ignore"):
        return np.asarray(counted / all_of_them)


def _areas(
    positive: np.ndarray, scores: np.ndarray, images: GroupedImages, times: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Areas under the ROC curve, and average precision, of each resample, every image as often as its group is taken.

    With T(s), F(s) the positive and negative images of a score of at least s, T'(s) the positive ones above it:
    the sum over negative images of (T(s) + T'(s)) / 2 / (T F), so that ties count half; and the sum over positive
    images of T(s) / (T(s) + F(s)) / T. nan where there is no such image.
    """
    order = np.argsort(-scores, kind="stable")
    true, false = order[positive[order]], order[~positive[order]]
    places = _Places.of(-scores[true], -scores[false])
    rows = max(1, AT_A_TIME // len(order))
    parts = [
        _of_some(places, *(np.take(some, images.groups[each], axis=1) for each in (true, false)))
        for some in (times[start : start + rows] for start in range(0, len(times), rows))
    ]
    roc, precision = (np.concatenate(each) for each in zip(*parts, strict=True))
    return roc, precision


@dataclass(frozen=True)
class _Places:
    """Of each negative image how many positive ones have a score of at least its own, and above it; of each positive
    one how many positive and negative ones have at least its own.
    """

    at_least: np.ndarray
    above: np.ndarray
    hits: np.ndarray
    misses: np.ndarray

    @classmethod
    def of(cls, true: np.ndarray, false: np.ndarray) -> "_Places":
        """true, false: the negated scores of positive and negative images, rising."""
        above = np.searchsorted(true, false, "left")
        return cls(
            np.searchsorted(true, false, "right"),
            above,
            np.searchsorted(true, true, "right"),
            np.searchsorted(false, true, "right"),
        )


def _of_some(places: _Places, true: np.ndarray, false: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both areas of some resamples. true, false: how often each positive and negative image is taken, (rows, n)."""
    counted_true, counted_false = _counted(true), _counted(false)
    found = np.take(counted_true, places.at_least, axis=1)
    if (places.above != places.at_least).any():
        found += np.take(counted_true, places.above, axis=1)
        found /= 2
    hits = np.take(counted_true, places.hits, axis=1)
    given = np.take(counted_false, places.misses, axis=1)
    given += hits
    shares = np.divide(hits, np.maximum(given, 1, out=given), out=hits)  # of none taken, 0 are hits
    with np.errstate(invalid="ignore"):
        roc = np.einsum("ij,ij->i", found, false) / (counted_true[:, -1] * counted_false[:, -1])
        return roc, np.einsum("ij,ij->i", shares, true) / counted_true[:, -1]


def _counted(taken: np.ndarray) -> np.ndarray:
    """How many the first 0, 1, 2, ... images are, each as often as it is taken: (rows, n + 1)."""
    counted = np.zeros((len(taken), taken.shape[1] + 1))
    np.cumsum(taken, axis=1, out=counted[:, 1:])
    return counted
