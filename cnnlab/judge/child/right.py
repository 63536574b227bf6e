"""The functions of the interface in plain NumPy, to stand in for wrong ones.

`numpy_cnn` has them already, and decides what is right. This process has its own, which a test compares with those: it
begins in a tenth of a second, and needs nothing of cnnlab but this folder.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np


def activation(x: Any, activation: str) -> np.ndarray:
    """Softmax runs over the whole of a vector, a row or a column, else over the last axis."""
    x = np.asarray(x, np.float64)
    if activation == "relu":
        return np.maximum(x, 0.0)
    if activation == "sigmoid":
        small = np.exp(-np.abs(x))
        return np.where(x >= 0, 1.0, small) / (1.0 + small)
    if activation == "softmax":
        axis = None if sum(n > 1 for n in x.shape) <= 1 else -1
        e = np.exp(x - x.max(axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)
    return x


def conv2d_layer(h: Any, W: Any, b: Any, act: str) -> np.ndarray:
    """Convolution with padding "same"; of an even kernel the odd pixel goes after the image."""
    W = np.asarray(W, np.float64)
    height, width, _, filters = W.shape
    rows, columns, _ = np.shape(h)
    around = ((height - 1) // 2, height // 2), ((width - 1) // 2, width // 2), (0, 0)
    padded = np.pad(np.asarray(h, np.float64), around)
    z = np.zeros((rows, columns, filters)) + np.ravel(b)
    for i in range(height):
        for j in range(width):
            z += padded[i : i + rows, j : j + columns] @ W[i, j]
    return activation(z, act)


def pool2d_layer(h: Any) -> np.ndarray:
    """The maximum of 2x2 pixels; an odd last row or column is dropped."""
    h = np.asarray(h, np.float64)
    rows, columns = h.shape[0] // 2, h.shape[1] // 2
    return h[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2, -1).max(axis=(1, 3))


def flatten_layer(h: Any) -> np.ndarray:
    """One vector, row-major."""
    return np.asarray(h, np.float64).ravel()


def dense_layer(h: Any, W: Any, b: Any, act: str) -> np.ndarray:
    """Vectors, rows and columns are all taken."""
    return activation(np.asarray(W, np.float64) @ np.ravel(h) + np.ravel(b), act)


def feedforward_sample(
    h: Any, W: Sequence[Any], b: Sequence[Any], lname: Sequence[str], hidden: str
) -> np.ndarray:
    """The probabilities of one image; the last layer has the softmax."""
    layers = {"conv": conv2d_layer, "dense": dense_layer}
    for i, name in enumerate(lname):
        if name in layers:
            h = layers[name](h, W[i], b[i], hidden if i < len(lname) - 1 else "softmax")
        else:
            h = pool2d_layer(h) if name == "pool" else flatten_layer(h)
    return h
