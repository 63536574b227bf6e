"""The functions of the interface, written plainly in NumPy.

Two parts of the judge need them: the child process, where a wrong function is replaced by a right one so that
the functions which call it can be judged on their own; and the simulation of mistakes. The reference that
decides what is right is another (see `references`), and a test holds the two together.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray


def activate(x: Any, name: str) -> Array:
    """Apply an activation; softmax runs over the whole of a vector, a row or a column, else over the last axis."""
    x = np.asarray(x, np.float64)
    if name == "relu":
        return np.where(x > 0, x, 0.0)
    if name == "sigmoid":
        small = np.exp(-np.abs(x))
        return np.where(x >= 0, 1.0, small) / (1.0 + small)
    if name == "softmax":
        axis = None if sum(n > 1 for n in x.shape) <= 1 else -1
        e = np.exp(x - x.max(axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)
    if name == "linear":
        return x
    raise ValueError(f"unknown activation {name!r}")


def pad_same(h: Array, size: tuple[int, int], mode: str = "constant") -> Array:
    """Surround ``(height, width, channels)`` so that every pixel gets a window; the odd pixel goes after."""
    rows, columns = size[0] - 1, size[1] - 1
    around = ((rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0))
    return np.pad(np.asarray(h, np.float64), around, mode=mode)  # type: ignore[call-overload]


def correlate(padded: Array, W: Array) -> Array:
    """Slide the kernel over an image that is padded already: ``(height, width, channels out)``, no bias."""
    height, width = W.shape[:2]
    rows, columns = padded.shape[0] - height + 1, padded.shape[1] - width + 1
    z = np.zeros((max(rows, 0), max(columns, 0), W.shape[3]))
    for i in range(height):
        for j in range(width):
            z += padded[i : i + rows, j : j + columns] @ W[i, j]
    return z


def conv2d_layer(h: Any, W: Any, b: Any, act: str) -> Array:
    """Convolve as Keras does with padding "same"."""
    W = np.asarray(W, np.float64)
    return activate(correlate(pad_same(h, W.shape[:2]), W) + np.ravel(b), act)


def pool2d_layer(h: Any) -> Array:
    """Take the maximum of 2x2 pixels; an odd last row or column is dropped."""
    h = np.asarray(h, np.float64)
    rows, columns = h.shape[0] // 2, h.shape[1] // 2
    even = h[: 2 * rows, : 2 * columns]
    return even.reshape(rows, 2, columns, 2, -1).max(axis=(1, 3))


def flatten_layer(h: Any) -> Array:
    """Row-major."""
    return np.asarray(h, np.float64).ravel()


def dense_layer(h: Any, W: Any, b: Any, act: str) -> Array:
    """Weighted sums; vectors, rows and columns are all taken."""
    return activate(np.asarray(W, np.float64) @ np.ravel(h) + np.ravel(b), act)


def feedforward_sample(
    h: Any, W: Sequence[Any], b: Sequence[Any], lname: Sequence[str], activation: str = "relu"
) -> Array:
    """Run one image through the network; the last dense layer has the softmax."""
    last = max((i for i, name in enumerate(lname) if name == "dense"), default=-1)
    for i, name in enumerate(lname):
        act = "softmax" if i == last else activation
        if name == "conv":
            h = conv2d_layer(h, W[i], b[i], act)
        elif name == "pool":
            h = pool2d_layer(h)
        elif name == "flatten":
            h = flatten_layer(h)
        else:
            h = dense_layer(h, W[i], b[i], act)
    return h
