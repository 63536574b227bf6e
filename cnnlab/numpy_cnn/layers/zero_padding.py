"""A border of zeros."""

from typing import final

import numpy as np

from cnnlab.numpy_cnn.layers.layer import Array, Layer
from cnnlab.numpy_cnn.layers.windows import Pair


@final
class ZeroPadding2D(Layer):
    """Add rows and columns of zeros around the image; the gradient of the border is dropped."""

    def __init__(self, padding: tuple[Pair, Pair]) -> None:
        """Take ``((top, bottom), (left, right))``."""
        super().__init__()
        self.padding = padding

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Map ``(batch, height, width, channels)`` to ``(batch, rows, columns, channels)``."""
        (x,) = inputs
        return np.pad(x, ((0, 0), *self.padding, (0, 0)))

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Map ``(batch, rows, columns, channels)`` to ``(batch, height, width, channels)``."""
        (top, bottom), (left, right) = self.padding
        _, rows, columns, _ = upstream.shape
        return (upstream[:, top : rows - bottom, left : columns - right],)
