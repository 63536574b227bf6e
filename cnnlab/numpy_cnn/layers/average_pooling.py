"""Average pooling."""

from typing import final

import numpy as np

from cnnlab.numpy_cnn.layers.layer import Array, Layer
from cnnlab.numpy_cnn.layers.windows import Pair, Window


@final
class AveragePooling2D(Layer):
    """Replace each window by its mean, channel by channel; padding does not count.

    With x ``(batch, height, width, channels)`` and m[r, c] the number of pixels of window (r, c) that lie
    inside the image (all of them with ``valid`` padding)::

        y[n, r, c, k] = 1 / m[r, c] * sum over i, j of x[n, r*s + i, c*t + j, k]

    so each pixel receives ``upstream / m`` from every window it lies in.
    """

    def __init__(
        self, pool_size: Pair = (2, 2), *, strides: Pair | None = None, padding: str = "valid"
    ) -> None:
        """Pool windows of `pool_size`, as far apart as they are large unless `strides` says otherwise."""
        super().__init__()
        self.window = Window(pool_size, pool_size if strides is None else strides, padding)

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Map ``(batch, height, width, channels)`` to ``(batch, rows, columns, channels)``."""
        (x,) = inputs
        self._x = x
        return window_sums(self.window, x) / window_pixels(self.window, x)

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Map ``(batch, rows, columns, channels)`` to ``(batch, height, width, channels)``."""
        x, (_, rows, columns, _) = self._x, upstream.shape
        share = upstream / window_pixels(self.window, x)
        d_padded = np.zeros(self.window.padded_shape(x), upstream.dtype)
        for down, right in self.window.taps((rows, columns)):
            d_padded[:, down, right] += share
        return (self.window.crop(d_padded, x),)


def window_sums(window: Window, x: Array) -> Array:
    """Add up the pixels of every window: ``(first, height, width, last)`` to ``(first, rows, columns, last)``."""
    size, padded = window.output_size(x), window.pad(x)
    y = np.zeros((x.shape[0], *size, x.shape[-1]), x.dtype)
    for down, right in window.taps(size):
        y += padded[:, down, right]
    return y


def window_pixels(window: Window, x: Array) -> Array:
    """Count each window's pixels inside the image: ``(1, rows, columns, 1)``, in the type of x."""
    return window_sums(window, np.ones((1, *x.shape[1:3], 1), x.dtype))
