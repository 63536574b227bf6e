"""Convolution, batch last: alone, or together with the pooling behind it."""

import numpy as np

from cnnlab.numpy_cnn.fast.inference import infer, rectified
from cnnlab.numpy_cnn.fast.layout import along_channels
from cnnlab.numpy_cnn.fast.patches import gather_patches, row_strips
from cnnlab.numpy_cnn.fast.pooling import maximum
from cnnlab.numpy_cnn.fast.scratch import SCRATCH, padded
from cnnlab.numpy_cnn.layers.convolution import Conv2D
from cnnlab.numpy_cnn.layers.layer import Array
from cnnlab.numpy_cnn.layers.windows import Pair


@infer.register
def convolve(layer: Conv2D, x: Array) -> Array:
    """Map ``(in, height, width, batch)`` to ``(filters, rows, columns, batch)``.

    It departs from `Conv2D.forward` in two ways. The patches stand in columns, so that gathering them copies whole
    runs of images and the product ``W^T P`` comes out in the right layout. And there is one matrix of patches, and
    one product, for each row of windows: see `gather_patches`.
    """
    rows, columns = layer.window.output_size(x)
    matrix, image = _matrix(layer), padded(layer.window, x)
    y = SCRATCH.empty((len(matrix), rows, columns, x.shape[-1]), x.dtype)
    by_row = y.reshape(len(matrix), rows, -1).swapaxes(0, 1)  # (rows, filters, columns*batch)
    for strip in row_strips(layer.window, x, rows, columns):
        patches = gather_patches(layer.window, image, strip, columns)  # (strip, K, columns*batch)
        np.matmul(matrix, patches, out=by_row[strip.start : strip.stop])
    return _add_bias(layer, y)


def convolve_and_pool(layer: Conv2D, pool_size: Pair, x: Array, *, rectify: bool = False) -> Array:
    """Map ``(in, height, width, batch)`` to ``(filters, rows, columns, batch)``, convolved and max-pooled.

    Taken alone, a convolution writes an output of which pooling, a little later, throws three quarters away.
    Here a strip of rows is pooled as soon as it is there. The patches are sorted by the column of the tile
    (`groups`), so that pooling is the maximum of a few long stretches of memory: first over the rows of a
    tile, then over its columns.

    Bias and ReLU (if `rectify`) are applied after pooling, to a quarter of the values. The result is the same
    to the last bit: both never turn a smaller number into a larger one, so the maximum may be taken before or
    after.
    """
    window, (down, right) = layer.window, pool_size
    rows, columns = (n // p for n, p in zip(window.output_size(x), pool_size, strict=True))
    matrix, image = _matrix(layer), padded(window, x)
    y = SCRATCH.empty((len(matrix), rows, columns, x.shape[-1]), x.dtype)
    by_row = y.reshape(len(matrix), rows, -1).swapaxes(0, 1)  # (rows, filters, columns*batch)
    for strip in row_strips(window, x, rows, columns * down * right):
        windows = range(strip.start * down, strip.stop * down)
        patches = gather_patches(window, image, windows, columns * right, groups=right)
        wide = SCRATCH.empty((len(strip), down, len(matrix), patches.shape[-1]), x.dtype)
        np.matmul(matrix, patches, out=wide.reshape(len(windows), len(matrix), -1))
        tall = maximum(wide.swapaxes(0, 1), out=wide[:, 0])  # (strip, filters, right*columns*batch)
        places = tall.reshape(len(strip), len(matrix), right, -1)
        maximum(np.moveaxis(places, 2, 0), out=by_row[strip.start : strip.stop])
    y = _add_bias(layer, y)
    return rectified(y, out=y) if rectify else y


def _matrix(layer: Conv2D) -> Array:
    """The kernel as ``W^T``, ``(filters, K)``."""
    kernel = layer.weights["kernel"]
    return kernel.reshape(-1, kernel.shape[-1]).T


def _add_bias(layer: Conv2D, y: Array) -> Array:
    if "bias" in layer.weights:
        y += along_channels(layer.weights["bias"], y)
    return y
