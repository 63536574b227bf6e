"""Addition of branches."""

from functools import reduce
from typing import final

import numpy as np

from cnnlab.numpy_cnn.layers.layer import Array, Layer


@final
class Add(Layer):
    """Add two or more inputs of one shape, as at the end of a residual block.

    ``y = x1 + x2 + ...``, so every input receives the upstream gradient as it is.
    """

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Map inputs of one shape to that shape."""
        self._count = len(inputs)
        return reduce(np.add, inputs)

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Return the upstream gradient once per input."""
        return (upstream,) * self._count
