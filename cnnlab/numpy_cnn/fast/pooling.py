"""Pooling, batch last."""

from collections.abc import Sequence

import numpy as np

from cnnlab.numpy_cnn.fast.inference import infer
from cnnlab.numpy_cnn.fast.scratch import SCRATCH, padded
from cnnlab.numpy_cnn.layers.average_pooling import AveragePooling2D, window_pixels, window_sums
from cnnlab.numpy_cnn.layers.global_average_pooling import GlobalAveragePooling2D
from cnnlab.numpy_cnn.layers.layer import Array
from cnnlab.numpy_cnn.layers.max_pooling import MaxPooling2D


@infer.register
def max_pool(layer: MaxPooling2D, x: Array) -> Array:
    """Map ``(channels, height, width, batch)`` to ``(channels, rows, columns, batch)``.

    The maximum is taken over the window's rows first, then over its columns: for a window of 3x3 that is 4
    comparisons, not 8.
    """
    (rows, columns), image = layer.window.output_size(x), padded(layer.window, x, -np.inf)
    (height, width), (down, right) = layer.window.size, layer.window.strides
    tall = _maximum([image[:, i : i + (rows - 1) * down + 1 : down] for i in range(height)])
    return _maximum([tall[:, :, j : j + (columns - 1) * right + 1 : right] for j in range(width)])


def _maximum(arrays: Sequence[Array]) -> Array:
    return maximum(arrays, out=SCRATCH.empty(arrays[0].shape, arrays[0].dtype))


def maximum(arrays: Sequence[Array] | Array, out: Array) -> Array:
    """The largest of arrays of one shape, number by number; `out` may be the first of them."""
    if len(arrays) == 1:
        if out is not arrays[0]:
            out[...] = arrays[0]
        return out
    np.maximum(arrays[0], arrays[1], out=out)
    for array in arrays[2:]:
        np.maximum(out, array, out=out)
    return out


@infer.register
def _average_pool(layer: AveragePooling2D, x: Array) -> Array:
    """``(channels, height, width, batch)`` to ``(channels, rows, columns, batch)``."""
    return window_sums(layer.window, x) / window_pixels(layer.window, x)


@infer.register
def _global_average_pool(layer: GlobalAveragePooling2D, x: Array) -> Array:
    """``(channels, height, width, batch)`` to ``(channels, batch)``."""
    return x.mean(axis=(1, 2), keepdims=layer.keepdims)
