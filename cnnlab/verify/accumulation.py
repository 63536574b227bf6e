"""How many terms are summed for one number: the accumulation length from which tolerances follow."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cnnlab.numpy_cnn.layers import (
    AveragePooling2D,
    BatchNormalization,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
    Softmax,
)
from cnnlab.verify.cases import Shape


@dataclass(frozen=True)
class Terms:
    """Terms behind one number of the output, of the gradient of an input, and of the gradient of a weight."""

    output: int = 0
    input_gradient: int = 0
    weight_gradient: int = 0

    def __add__(self, other: "Terms") -> "Terms":
        """One layer after another."""
        return Terms(
            self.output + other.output,
            self.input_gradient + other.input_gradient,
            max(self.weight_gradient, other.weight_gradient),
        )


def count_terms(layers: Sequence[Layer], x_shape: Shape, y_shape: Shape, *, training: bool = False) -> Terms:
    """The terms of layers in a row, which map `x_shape` to `y_shape`, both with the batch first."""
    return sum((_terms(layer, x_shape, y_shape, training) for layer in layers), Terms())


def _terms(layer: Layer, x_shape: Shape, y_shape: Shape, training: bool) -> Terms:
    positions = math.prod(y_shape[:-1])  # a weight's gradient is a sum over all places of all images
    kernel = layer.weights.get("kernel")
    if kernel is not None:  # (..., in, out)
        return Terms(kernel.size // kernel.shape[-1], kernel.size // kernel.shape[-2], positions)
    if isinstance(layer, BatchNormalization):
        alone = positions if training else 1  # in training, mean and variance are sums too
        return Terms(alone, alone, positions)
    if isinstance(layer, AveragePooling2D):
        window = math.prod(layer.window.size)
        return Terms(window, window)
    if isinstance(layer, MaxPooling2D):
        return Terms(1, math.prod(layer.window.size))
    if isinstance(layer, GlobalAveragePooling2D):
        return Terms(math.prod(x_shape[1:-1]), 1)
    if isinstance(layer, Softmax):
        return Terms(y_shape[-1], y_shape[-1])
    return Terms(1, 1)
