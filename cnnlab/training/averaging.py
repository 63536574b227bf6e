"""Probabilities of many images: batch by batch, averaged over views and, for an ensemble, over networks."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from cnnlab.augment.views import Forward, Views, mean
from cnnlab.datasets.stored import StoredImages

BATCH_SIZE = 64  # with 200 the tiniest network takes 8 µs an image less, activations three times the memory


def probabilities(
    forward: Forward,
    images: Any,
    views: Views,
    *,
    batch_size: int = BATCH_SIZE,
    check: Callable[[], None] = lambda: None,
) -> np.ndarray:
    """Class probabilities of all images: float32 (n, classes). `check` is called after each batch.

    images: uint8 (n, height, width, channels), an array or `StoredImages`.
    """
    parts = [averaged(forward, batch, views) for batch in batches(images, batch_size, check)]
    return np.concatenate(parts)


def batches(
    images: Any, batch_size: int = BATCH_SIZE, check: Callable[[], None] = lambda: None
) -> Iterator[np.ndarray]:
    """Images in order, at most `batch_size` at a time; those of a file are read some megabytes at a time."""
    for block in images.blocks() if isinstance(images, StoredImages) else (images,):
        for start in range(0, len(block), batch_size):
            yield block[start : start + batch_size]
            check()


def averaged(forward: Forward, images: np.ndarray, views: Views) -> np.ndarray:
    """The arithmetic mean over views of one batch's probabilities: float32 (batch, classes)."""
    return mean([forward(view(images)) for view in views.views])
