"""The sigmoid."""

from typing import final

import numpy as np

from cnnlab.numpy_cnn.layers.activation import Activation
from cnnlab.numpy_cnn.layers.layer import Array


@final
class Sigmoid(Activation):
    """``f(x) = 1 / (1 + exp(-x))``, so ``f' = y (1 - y)``."""

    def function(self, x: Array) -> Array:
        """Compute with exp(-|x|), which never overflows: 1 / (1 + e) for x >= 0, else e / (1 + e)."""
        e = np.exp(-np.abs(x))
        return np.where(x >= 0, 1.0, e) / (1.0 + e)

    def derivative(self, x: Array, y: Array) -> Array:
        """y (1 - y)."""
        return y * (1.0 - y)
