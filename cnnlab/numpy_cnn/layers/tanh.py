"""The hyperbolic tangent."""

from typing import final

import numpy as np

from cnnlab.numpy_cnn.layers.activation import Activation
from cnnlab.numpy_cnn.layers.layer import Array


@final
class Tanh(Activation):
    """The hyperbolic tangent: ``f' = 1 - y**2``."""

    def function(self, x: Array) -> Array:
        """tanh(x)."""
        return np.tanh(x)

    def derivative(self, x: Array, y: Array) -> Array:
        """1 - y**2."""
        return 1.0 - y * y
