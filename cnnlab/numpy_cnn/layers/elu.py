"""The exponential linear unit."""

from typing import final

import numpy as np

from cnnlab.numpy_cnn.layers.activation import Activation
from cnnlab.numpy_cnn.layers.layer import Array


@final
class ELU(Activation):
    """``f(x) = x`` where x > 0, else ``alpha * (exp(x) - 1)``.

    Source: D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and accurate deep network learning by
    exponential linear units", 2016.
    """

    def __init__(self, alpha: float = 1.0) -> None:
        """Take the limit towards which the negative side falls, with its sign turned."""
        super().__init__()
        self.alpha = alpha

    def function(self, x: Array) -> Array:
        """x where x > 0, else alpha * (exp(x) - 1); large x never reach the exponential."""
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def derivative(self, x: Array, y: Array) -> Array:
        """1 where x > 0, else alpha * exp(x), which is y + alpha."""
        return np.where(x > 0, x.dtype.type(1), y + self.alpha)
