"""A fixed factor and offset."""

from typing import final

from cnnlab.numpy_cnn.layers.layer import Array, Layer


@final
class Rescaling(Layer):
    """``y = x * scale + offset`` and ``dx = upstream * scale``; both may be one number or one per channel."""

    def __init__(self, scale: float | Array, offset: float | Array = 0.0) -> None:
        """Take factor and offset, each a float or an array ``(channels,)``."""
        super().__init__()
        self.scale = scale
        self.offset = offset

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Map ``(batch, ..., channels)`` to the same shape."""
        (x,) = inputs
        return x * self.scale + self.offset

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Map ``(batch, ..., channels)`` to the same shape."""
        return (upstream * self.scale,)
