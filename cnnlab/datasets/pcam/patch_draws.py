"""Random numbers for a block of patches, of which only the first are wanted: the same as for the whole block."""

from collections.abc import Callable
from typing import Any, final

import numpy as np

Shape = tuple[int, ...]


@final
class PatchDraws:
    """Draws from a generator for `block` patches at a time, and returns what belongs to the first `kept`.

    In each shape -1 stands for the patches. What follows from the numbers is thus computed for `kept` patches alone,
    and has the same bits as if it were for all.
    """

    def __init__(self, rng: np.random.Generator, block: int, kept: int) -> None:
        self._rng, self._block, self.kept = rng, block, kept

    def uniform(self, low: float, high: float, shape: Shape) -> np.ndarray:
        """Float64, from `low` to `high`."""
        return self._first(shape, lambda size: self._rng.uniform(low, high, size))

    def normal(self, mean: float, deviation: float, shape: Shape) -> np.ndarray:
        """Float64, of the normal distribution."""
        return self._first(shape, lambda size: self._rng.normal(mean, deviation, size))

    def standard_normal(self, shape: Shape) -> np.ndarray:
        """Float32, of the normal distribution with mean 0 and standard deviation 1."""
        return self._first(shape, lambda size: self._rng.standard_normal(size, np.float32))

    def integers(self, low: int, high: int, shape: Shape) -> np.ndarray:
        """Int64, from `low` to ``high - 1``."""
        return self._first(shape, lambda size: self._rng.integers(low, high, size))

    def _first(self, shape: Shape, draw: Callable[[Any], np.ndarray]) -> np.ndarray:
        axis = shape.index(-1)
        whole = draw((*shape[:axis], self._block, *shape[axis + 1 :]))
        return np.ascontiguousarray(whole[(*(slice(None),) * axis, slice(self.kept))])
