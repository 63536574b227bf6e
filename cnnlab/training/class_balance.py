"""Classes of unlike frequency, or unlike importance, made up for in the training loss."""

from collections.abc import Mapping
from typing import Literal

import numpy as np


def class_weights(
    wanted: Mapping[str, float] | Literal["balanced"] | None, labels: np.ndarray, class_names: tuple[str, ...]
) -> tuple[float, ...] | None:
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


def logit_offsets(strength: float, labels: np.ndarray, num_classes: int) -> np.ndarray | None:
    """Return what the training loss adds to the logit of each class; None where nothing.

    It is ``strength * log(n of the class / n)``. Where a network's logits plus these are right for images that
    are distributed as in training, its logits alone are right, with a strength of 1, for images whose classes are
    equally frequent: Menon et al. 2021, "Long-tail learning via logit adjustment", equation 10; with a strength of 1
    the balanced softmax of Ren et al. 2020. A class without images counts as one with a single image.

    labels: int64 (n,), those of the repeat's training images. Returns float32 (num_classes,).
    """
    if strength == 0:
        return None
    counts = np.maximum(np.bincount(labels, minlength=num_classes), 1)
    return (strength * np.log(counts / len(labels))).astype(np.float32)
