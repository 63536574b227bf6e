"""How much the images of each class count in the training loss."""

from typing import Any

import numpy as np


def class_weights(wanted: Any, labels: np.ndarray, class_names: tuple[str, ...]) -> tuple[float, ...] | None:
    """Return the weight of each class, or None where all weigh alike.

    wanted: None, weights by class name (1 for those left out), or "balanced": ``n / (classes * n of the class)``, so
    that the weights of all images add up to n and each class has the same share (King and Zeng 2001, "Logistic
    regression in rare events data").
    labels: int64 (n,), those of the repeat's training images.
    """
    if wanted is None:
        return None
    if wanted == "balanced":
        counts = np.bincount(labels, minlength=len(class_names))
        balanced = len(labels) / (len(class_names) * np.maximum(counts, 1))
        return tuple(float(weight) for weight in balanced)
    return tuple(float(wanted.get(name, 1.0)) for name in class_names)
