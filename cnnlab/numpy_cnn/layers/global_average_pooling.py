"""Global average pooling."""

from typing import final

import numpy as np

from cnnlab.numpy_cnn.layers.layer import Array, Layer


@final
class GlobalAveragePooling2D(Layer):
    """Replace each channel by its mean over the whole image.

    With x ``(batch, height, width, channels)`` and y ``(batch, channels)``, or ``(batch, 1, 1, channels)``
    with `keepdims`::

        y[n, k] = sum over r, c of x[n, r, c, k] / (height * width)
        dx[n, r, c, k] = upstream[n, k] / (height * width)
    """

    def __init__(self, *, keepdims: bool = False) -> None:
        super().__init__()
        self.keepdims = keepdims

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Map ``(batch, height, width, channels)`` to ``(batch, channels)``."""
        (x,) = inputs
        self._shape = x.shape
        return x.mean(axis=(1, 2), keepdims=self.keepdims)

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Map ``(batch, channels)`` to ``(batch, height, width, channels)``."""
        batch, height, width, channels = self._shape
        share = upstream.reshape(batch, 1, 1, channels) / (height * width)
        return (np.broadcast_to(share, self._shape).copy(),)
