"""Maximum pooling."""

from typing import final

import numpy as np

from cnnlab.numpy_cnn.layers.layer import Array, Layer
from cnnlab.numpy_cnn.layers.windows import Pair, Window


@final
class MaxPooling2D(Layer):
    """Keep the largest value of each window, channel by channel.

    With x ``(batch, height, width, channels)``, padded by minus infinity so that padding never wins::

        y[n, r, c, k] = max over i, j of x[n, r*s + i, c*t + j, k]

    The gradient flows to the pixel that won and nowhere else. When several tie, as the zeros after a ReLU
    often do, it goes to the first in reading order, as in TensorFlow. Windows may overlap: a pixel gathers
    the gradients of all the windows it won.
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
        size = self.window.output_size(x)
        padded = self.window.pad(x, -np.inf)
        taps = np.stack([padded[:, down, right] for down, right in self.window.taps(size)])
        self._x, self._padded_shape = x, padded.shape
        self._winner = taps.argmax(axis=0)  # (batch, rows, columns, channels): the first of equals
        return taps.max(axis=0)

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Map ``(batch, rows, columns, channels)`` to ``(batch, height, width, channels)``."""
        d_padded = np.zeros(self._padded_shape, upstream.dtype)
        _, rows, columns, _ = upstream.shape
        for tap, (down, right) in enumerate(self.window.taps((rows, columns))):
            d_padded[:, down, right] += np.where(self._winner == tap, upstream, 0)
        return (self.window.crop(d_padded, self._x),)
