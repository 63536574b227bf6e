"""The rectifier."""

from typing import final

import numpy as np

from cnnlab.numpy_cnn.layers.activation import Activation
from cnnlab.numpy_cnn.layers.layer import Array


@final
class ReLU(Activation):
    """The rectifier: ``f(x) = max(x, 0)``; f'(0) is 0, as in Keras."""

    def function(self, x: Array) -> Array:
        """max(x, 0)."""
        return np.maximum(x, 0)

    def derivative(self, x: Array, y: Array) -> Array:
        """1 where x > 0, else 0."""
        return (x > 0).astype(x.dtype)
