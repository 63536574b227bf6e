"""The one abstract layer of the NumPy network."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from numpy.typing import NDArray

from cnnlab.numpy_cnn.layers.penalties import Penalty

Array = NDArray[Any]


class Layer(ABC):
    """A function with weights that can also say how a loss changes with its inputs and weights.

    Arrays are laid out as in Keras, batch first and channels last: ``(batch, height, width, channels)`` or
    ``(batch, features)``.

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
        """Return the output, and remember what `backward` needs."""

    @abstractmethod
    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Turn the gradient with respect to the last output into those of the inputs and the weights.

        `upstream` has the shape of the output. The gradients with respect to the inputs are returned, one
        per input; those of the weights are left in `gradients`.
        """

    def trainable_weights(self) -> dict[str, Array]:
        """The weights that have a gradient: none when the layer is frozen."""
        if not self.trainable:
            return {}
        return {name: w for name, w in self.weights.items() if name not in self.untrainable}

    def count_weights(self) -> int:
        """The number of single numbers in all weights, as Keras' ``count_params``."""
        return sum(weight.size for weight in self.weights.values())
