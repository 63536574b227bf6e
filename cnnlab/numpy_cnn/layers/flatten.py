"""Flattening."""

from typing import final

from cnnlab.numpy_cnn.layers.layer import Array, Layer


@final
class Flatten(Layer):
    """Write each image as one long row: height slowest, channels fastest.

    ``(batch, height, width, channels)`` becomes ``(batch, height*width*channels)``; the gradient is put back
    into the shape of the image.
    """

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Map ``(batch, ..., channels)`` to ``(batch, features)``."""
        (x,) = inputs
        self._shape = x.shape
        return x.reshape(len(x), -1)  # (batch, height*width*channels)

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Map ``(batch, features)`` to ``(batch, ..., channels)``."""
        return (upstream.reshape(self._shape),)
