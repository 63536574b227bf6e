"""Concatenation of branches."""

from typing import final

import numpy as np

from cnnlab.numpy_cnn.layers.layer import Array, Layer


@final
class Concatenate(Layer):
    """Put two or more inputs side by side along one axis, the channels unless another is given.

    With inputs of k1, k2, ... channels the output has ``k1 + k2 + ...``; the upstream gradient is cut into
    pieces at the same places.
    """

    def __init__(self, *, axis: int = -1) -> None:
        """Join along `axis` of the batch-first layout; the batch, axis 0, cannot be joined."""
        super().__init__()
        self.axis = axis

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Map ``(batch, ..., k1)``, ``(batch, ..., k2)``, ... to ``(batch, ..., k1 + k2 + ...)``."""
        self._cuts = np.cumsum([x.shape[self.axis] for x in inputs])[:-1]
        return np.concatenate(inputs, axis=self.axis)

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Cut ``(batch, ..., k1 + k2 + ...)`` into ``(batch, ..., k1)``, ``(batch, ..., k2)``, ..."""
        return tuple(np.split(upstream, self._cuts, axis=self.axis))
