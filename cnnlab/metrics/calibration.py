"""Calibration: of the images given 80 %, are 80 % of the predicted class?"""

from dataclasses import dataclass

import numpy as np

from cnnlab.positive_class import POSITIVE

BINS = 15


@dataclass(frozen=True)
class Bins:
    """Images sorted by a probability into bins of equal width, (0, 1/b], (1/b, 2/b], ..., the first with 0 in it.

    count: images in each bin, int (bins,). predicted, observed: the mean probability in each bin and the share of its
    images that are positive, float64 (bins,); nan where a bin is empty.
    """

    count: np.ndarray
    predicted: np.ndarray
    observed: np.ndarray


def calibration_bins(positive: np.ndarray, probability: np.ndarray, bins: int = BINS) -> Bins:
    """Sort images into bins. positive: bool (n,); probability: (n,), from 0 to 1."""
    probability = probability.astype(np.float64)
    index = np.clip(np.ceil(probability * bins).astype(int) - 1, 0, bins - 1)
    count, predicted, observed = (
        np.bincount(index, weights, minlength=bins) for weights in (None, probability, positive)
    )
    with np.errstate(invalid="ignore"):
        return Bins(count, predicted / count, observed / count)


def expected_calibration_error(labels: np.ndarray, probabilities: np.ndarray, bins: int = BINS) -> float:
    """Expected calibration error (ECE): the mean over images of |observed - predicted| of the image's bin.

    Two classes: of the probability of class 1 (Naeini, Cooper and Hauskrecht 2015); more: of that of the most
    probable class (Guo, Pleiss, Sun and Weinberger 2017). 15 bins of equal width, as in the latter.

    labels (n,), probabilities (n, classes). 0 is perfect; few images alone make it larger than 0.
    """
    if probabilities.shape[1] == 2:
        found = calibration_bins(labels == POSITIVE, probabilities[:, POSITIVE], bins)
    else:
        right = probabilities.argmax(axis=1) == labels
        found = calibration_bins(right, probabilities.max(axis=1), bins)
    gaps = np.abs(found.observed - found.predicted)
    return float(np.nansum(found.count * gaps) / len(labels))
