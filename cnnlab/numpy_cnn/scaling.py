"""Layers that bring the input into a range: fixed factors and offsets, no learning."""

from typing import ClassVar, final

import numpy as np

from cnnlab.numpy_cnn.layer import Array, Layer, along_channels


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

    def infer(self, *inputs: Array) -> Array:
        """Map ``(channels, ..., batch)`` to the same shape."""
        (x,) = inputs
        return x * _per_channel(self.scale, x) + _per_channel(self.offset, x)


@final
class Normalization(Layer):
    """Standardise each channel by a mean and a variance given beforehand.

    ``y = (x - mean) / max(sqrt(variance), 1e-7)``, so ``dx = upstream / max(sqrt(variance), 1e-7)``.
    Mean and variance hold one number per channel, or one for all. When Keras' layer learned them by
    ``adapt``, it keeps them as weights, together with a count; then so does this one.
    """

    untrainable: ClassVar[frozenset[str]] = frozenset({"mean", "variance", "count"})

    def __init__(self, mean: Array, variance: Array, *, count: Array | None = None) -> None:
        """Take mean and variance, ``(channels,)`` or ``(1,)``, and the count that came with ``adapt``."""
        super().__init__(None if count is None else {"mean": mean, "variance": variance, "count": count})
        self._given = {"mean": mean, "variance": variance}

    def _statistics(self) -> tuple[Array, Array]:
        """The mean and the bounded standard deviation."""
        source = self.weights or self._given
        return source["mean"], np.maximum(np.sqrt(source["variance"]), 1e-7)

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Map ``(batch, ..., channels)`` to the same shape."""
        (x,) = inputs
        mean, deviation = self._statistics()
        return (x - mean) / deviation

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Map ``(batch, ..., channels)`` to the same shape."""
        return (upstream / self._statistics()[1],)

    def infer(self, *inputs: Array) -> Array:
        """Map ``(channels, ..., batch)`` to the same shape."""
        (x,) = inputs
        mean, deviation = self._statistics()
        return (x - along_channels(mean, x)) / along_channels(deviation, x)


def _per_channel(value: float | Array, x: Array) -> float | Array:
    return along_channels(value, x) if isinstance(value, np.ndarray) and value.ndim else value
