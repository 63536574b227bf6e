"""The one abstract layer of the NumPy network."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnlab.numpy_cnn.penalties import Penalty

Array = NDArray[Any]


class Layer(ABC):
    """A function with weights that can also say how a loss changes with its inputs and weights.

    Every layer offers the same function twice:

    * the plain path, `forward` and `backward`, on arrays as Keras lays them out, batch first and channels
      last: ``(batch, height, width, channels)`` or ``(batch, features)``. This is the path to read.
    * the fast path, `infer`, which computes the same without remembering anything. It swaps the first and
      the last axis: ``(channels, height, width, batch)`` or ``(features, batch)``. With the batch innermost,
      every elementary NumPy operation runs over long contiguous stretches of memory, however few channels
      an image has. `Network.predict` uses it, and no caller of the network sees that layout.

    `weights` and `gradients` are dictionaries under Keras' names (``kernel``, ``bias``, ...), in Keras' order
    and Keras' layouts. No method writes into its arguments.
    """

    untrainable: ClassVar[frozenset[str]] = frozenset()
    """Names of weights that are kept by the layer itself and never get a gradient."""

    def __init__(self, weights: dict[str, Array] | None = None) -> None:
        """Make a layer with these weights; `gradients` is filled by `backward`."""
        self.weights: dict[str, Array] = weights or {}
        self.gradients: dict[str, Array] = {}
        self.penalties: dict[str, Penalty] = {}
        self.trainable = True

    @abstractmethod
    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Return the output, batch first, and remember what `backward` needs."""

    @abstractmethod
    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Turn the gradient with respect to the last output into those of the inputs and the weights.

        `upstream` has the shape of the output. The gradients with respect to the inputs are returned, one
        per input; those of the weights are left in `gradients`.
        """

    @abstractmethod
    def infer(self, *inputs: Array) -> Array:
        """Return what ``forward(training=False)`` would, in the layout with the batch last."""

    def trainable_weights(self) -> dict[str, Array]:
        """The weights that have a gradient: none when the layer is frozen."""
        if not self.trainable:
            return {}
        return {name: w for name, w in self.weights.items() if name not in self.untrainable}

    def count_weights(self) -> int:
        """The number of single numbers in all weights, as Keras' ``count_params``."""
        return sum(weight.size for weight in self.weights.values())


def along_channels(vector: Array, like: Array) -> Array:
    """View one number per channel, ``(channels,)``, so that it broadcasts over a batch-last array."""
    return vector.reshape(-1, *[1] * (like.ndim - 1))  # (channels, 1, ..., 1)


def batch_last(x: Array) -> Array:
    """Copy ``(batch, ..., channels)`` to contiguous ``(channels, ..., batch)``, and back again."""
    return np.ascontiguousarray(x.swapaxes(0, -1))
