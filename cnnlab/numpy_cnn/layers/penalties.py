"""L1 and L2 penalties on weights, which Keras calls regularizers."""

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray


@final
@dataclass(frozen=True)
class Penalty:
    """A term of the loss that grows with a weight: ``l1 * sum(|w|) + l2 * sum(w**2)``.

    There is no factor 1/2 before the square, as in Keras: the gradient is ``l1 * sign(w) + 2 * l2 * w``.
    """

    l1: float = 0.0
    l2: float = 0.0

    def value(self, weight: NDArray[Any]) -> float:
        """The penalty of one weight of any shape."""
        return float(self.l1 * np.abs(weight).sum() + self.l2 * np.square(weight).sum())

    def gradient(self, weight: NDArray[Any]) -> NDArray[Any]:
        """The gradient of `value`, in the shape of the weight; zero has the L1 gradient zero."""
        return self.l1 * np.sign(weight) + 2.0 * self.l2 * weight
