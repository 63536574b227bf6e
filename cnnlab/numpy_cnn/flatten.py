"""Flattening."""

from typing import final

from cnnlab.numpy_cnn.layer import Array, Layer


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

    def infer(self, *inputs: Array) -> Array:
        """Map ``(channels, height, width, batch)`` to ``(height*width*channels, batch)``.

        Here the channels are the slowest axis and have to become the fastest feature first.
        """
        (x,) = inputs
        if x.ndim == 2:
            return x
        order = (*range(1, x.ndim - 1), 0, x.ndim - 1)
        return x.transpose(order).reshape(-1, x.shape[-1])  # (height*width*channels, batch)
