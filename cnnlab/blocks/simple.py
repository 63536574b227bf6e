"""Blocks of one layer that keeps the shape."""

from typing import Any

from cnnlab.blocks.base import activate, block, normalized
from cnnlab.parameters import Activation as ActivationName
from cnnlab.parameters import NonNegativeFloat, PositiveFloat, Rate


@block
def batch_norm(
    x: Any,
    *,
    name: str,
    momentum: Rate = 0.99,
    epsilon: PositiveFloat = 1e-3,
    l1: NonNegativeFloat = 0.0,
    l2: NonNegativeFloat = 0.0,
) -> Any:
    """Batch normalisation over the last axis, as keras.layers.BatchNormalization; the shape stays.

    Parameters:
        l1: penalty on the sum of the absolute values of gamma and beta.
        l2: penalty on the sum of the squares of gamma and beta.
    """
    return normalized(x, momentum, epsilon, l1, l2, "all", name)


@block
def dropout(x: Any, *, name: str, rate: Rate) -> Any:
    """Sets a share `rate` of the inputs to zero in training, scales the rest by 1 / (1 - rate)."""
    from keras import layers

    return layers.Dropout(rate, name=name)(x)


@block
def activation(x: Any, *, name: str, function: ActivationName, negative_slope: NonNegativeFloat = 0.3) -> Any:
    """Applies an activation function to each element; the shape stays. `negative_slope` is leaky_relu's."""
    return activate(x, function, negative_slope, name)
