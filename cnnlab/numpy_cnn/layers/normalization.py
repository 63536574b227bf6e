"""A mean and a variance given beforehand."""

from typing import ClassVar, final

import numpy as np

from cnnlab.numpy_cnn.layers.layer import Array, Layer


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

    def statistics(self) -> tuple[Array, Array]:
        """The mean and the bounded standard deviation."""
        source = self.weights or self._given
        return source["mean"], np.maximum(np.sqrt(source["variance"]), 1e-7)

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Map ``(batch, ..., channels)`` to the same shape."""
        (x,) = inputs
        mean, deviation = self.statistics()
        return (x - mean) / deviation

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Map ``(batch, ..., channels)`` to the same shape."""
        return (upstream / self.statistics()[1],)
