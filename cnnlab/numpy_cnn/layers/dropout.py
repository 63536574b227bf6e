"""Dropout."""

from typing import final

import numpy as np

from cnnlab.numpy_cnn.layers.layer import Array, Layer


@final
class Dropout(Layer):
    """In training, set a random part of the values to zero and scale up the others to keep the mean.

    With a mask of independent draws, 1 with probability ``1 - rate`` and else 0 ("inverted" dropout)::

        y = x * mask / (1 - rate)        dx = upstream * mask / (1 - rate)

    In inference y is x. Source: N. Srivastava and others, "Dropout: a simple way to prevent neural networks
    from overfitting", 2014.
    """

    def __init__(self, rate: float, *, seed: int | None = None) -> None:
        """Drop a share `rate` of the values, chosen by a generator of the layer's own."""
        super().__init__()
        if not 0 <= rate < 1:
            raise ValueError(f"rate must be at least 0 and below 1, not {rate}")
        self.rate = rate
        self._generator = np.random.default_rng(seed)

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Map any shape to itself."""
        (x,) = inputs
        self._factor: Array | None = None
        if not training or self.rate == 0:
            return x
        keep = self._generator.random(x.shape, np.float32) >= self.rate
        self._factor = keep.astype(x.dtype) / (1.0 - self.rate)  # 0 or 1 / (1 - rate)
        return x * self._factor

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Map any shape to itself."""
        return (upstream if self._factor is None else upstream * self._factor,)
