"""The leaky rectifier."""

from typing import final

import numpy as np

from cnnlab.numpy_cnn.layers.activation import Activation
from cnnlab.numpy_cnn.layers.layer import Array


@final
class LeakyReLU(Activation):
    """``f(x) = x`` where x > 0, else ``negative_slope * x``; f'(0) is the slope, as in Keras on TensorFlow.

    Keras' layer has the default slope .3, its activation string ``"leaky_relu"`` .2.
    """

    def __init__(self, negative_slope: float = 0.3) -> None:
        super().__init__()
        self.negative_slope = negative_slope

    def function(self, x: Array) -> Array:
        """x where x > 0, else negative_slope * x."""
        if 0 <= self.negative_slope <= 1:  # the line that is higher is the right one
            return np.maximum(x, self.negative_slope * x)
        return np.where(x > 0, x, self.negative_slope * x)

    def derivative(self, x: Array, y: Array) -> Array:
        """1 where x > 0, else negative_slope."""
        return np.where(x > 0, x.dtype.type(1), x.dtype.type(self.negative_slope))
