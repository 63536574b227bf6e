"""The softmax."""

from typing import final

import numpy as np

from cnnlab.numpy_cnn.layers.layer import Array, Layer


@final
class Softmax(Layer):
    """Turn scores (logits) into probabilities that add up to 1 over the last axis.

    With x ``(batch, classes)``::

        y[n, k] = exp(x[n, k]) / sum over j of exp(x[n, j])

    Subtracting the row's maximum from every score changes nothing in exact arithmetic and keeps exp from
    overflowing. Each output depends on every score of its row, dy[k]/dx[j] = y[k] * ((k == j) - y[j]), so::

        dx = y * (upstream - sum over the row of upstream * y)
    """

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Map ``(batch, ..., classes)`` to the same shape."""
        (x,) = inputs
        self._y = softmax(x, axis=-1)
        return self._y

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Map ``(batch, ..., classes)`` to the same shape."""
        y = self._y
        return (y * (upstream - (upstream * y).sum(axis=-1, keepdims=True)),)


def softmax(x: Array, axis: int) -> Array:
    """The probabilities of the scores x along one axis."""
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
