"""Known mistakes in `pool2d_layer`; odd sizes are judged apart."""

from collections.abc import Callable

import numpy as np

from cnnlab.judge.mistakes.base import Mistakes
from cnnlab.judge.references import RIGHT, Array

POOLING = Mistakes()


def windows(h: Array) -> Array:
    """``(rows, columns, 4, channels)``."""
    rows, columns = h.shape[0] // 2, h.shape[1] // 2
    blocks = h[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2, -1)
    return blocks.swapaxes(1, 2).reshape(rows, columns, 4, -1)


def reduced(reduce: Callable[..., Array]) -> Callable[[Array], Array]:
    """Another reduction of the same windows."""
    return lambda h: reduce(windows(h), axis=2)


def overlapping(h: Array) -> Array:
    """Stride 1."""
    return np.maximum(np.maximum(h[:-1, :-1], h[1:, :-1]), np.maximum(h[:-1, 1:], h[1:, 1:]))


def overlapping_same(h: Array) -> Array:
    """Stride 1, the size kept."""
    padded = np.pad(h, ((0, 1), (0, 1), (0, 0)), constant_values=-np.inf)
    return overlapping(padded)


add = POOLING.add
add("pool_is_mean", "The mean of each window is taken: it should be the maximum.", reduced(np.mean))
add("pool_is_minimum", "The minimum of each window is taken: it should be the maximum.", reduced(np.min))
add("pool_is_sum", "The sum of each window is taken: it should be the maximum.", reduced(np.sum))
add(
    "pool_takes_first_pixel",
    "One pixel of each window is taken without comparing it with the others.",
    *(lambda h, i=i: windows(h)[:, :, i] for i in range(4)),
)
add(
    "pool_stride_one",
    "The windows overlap: they should be two pixels apart, so that the output has half the height and width.",
    overlapping,
    overlapping_same,
)
add(
    "pool_across_channels",
    "The maximum is taken over the channels too: each channel is pooled alone.",
    lambda h: RIGHT.pool2d_layer(h).max(axis=2, keepdims=True),
    lambda h: RIGHT.pool2d_layer(h).max(axis=2),
    lambda h: np.repeat(RIGHT.pool2d_layer(h).max(axis=2, keepdims=True), h.shape[2], axis=2),
)
add(
    "pool_negative_as_zero",
    "Where all four numbers are negative the result is 0: the search for the maximum begins at zero.",
    lambda h: np.maximum(RIGHT.pool2d_layer(h), 0),
)
add(
    "pool_of_absolute_values",
    "The largest absolute value is taken: a window's maximum keeps its sign.",
    lambda h: np.abs(windows(h)).max(axis=2),
)
