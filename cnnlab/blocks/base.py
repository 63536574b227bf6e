"""The block registry, and the layers that several blocks are made of."""

from typing import Any

from cnnlab.registry import Registry

block = Registry("block", arguments=("x",), injected=("name", "num_classes"))
"""Decorator and registry. A block is called as ``block(x, **parameters)`` and returns a Keras tensor.

A block that asks for `name` gets a prefix for its layers' names, unique in the model (``conv_block_2``); one
that asks for `num_classes` gets the data set's number of classes.
"""


def activate(x: Any, activation: str, negative_slope: float, name: str) -> Any:
    """Apply `activation` as a layer of its own; `negative_slope` is that of leaky_relu alone."""
    from keras import layers

    if activation == "linear":
        return x
    if activation == "leaky_relu":
        return layers.LeakyReLU(negative_slope=negative_slope, name=name)(x)
    return layers.Activation(activation, name=name)(x)


def penalty(l1: float, l2: float) -> Any:
    """Return Keras' regularizer ``l1 * sum |w| + l2 * sum w^2``, or None where both are 0."""
    from keras import regularizers

    return regularizers.L1L2(l1=l1, l2=l2) if l1 or l2 else None


def drop(x: Any, rate: float, name: str) -> Any:
    """Apply dropout, or nothing where the rate is 0."""
    from keras import layers

    return layers.Dropout(rate, name=name)(x) if rate else x
