"""Blocks of dense layers: (batch, features) to (batch, units)."""

from typing import Any

from cnnlab.blocks.base import Penalize, activate, block, drop, normalized, penalties, require_vectors
from cnnlab.parameters import Activation, Initializer, NonNegativeFloat, PositiveFloat, PositiveInt, Rate


@block
def flatten(x: Any, *, name: str) -> Any:
    """Image to vector, row by row: (batch, height, width, channels) -> (batch, height * width * channels)."""
    from keras import layers

    return layers.Flatten(name=name)(x)


@block
def dense_block(
    x: Any,
    *,
    name: str,
    units: PositiveInt,
    activation: Activation = "relu",
    negative_slope: NonNegativeFloat = 0.3,
    batch_norm: bool = False,
    momentum: Rate = 0.99,
    epsilon: PositiveFloat = 1e-3,
    use_bias: bool = True,
    l1: NonNegativeFloat = 0.0,
    l2: NonNegativeFloat = 0.0,
    penalize: Penalize = "kernels",
    kernel_initializer: Initializer = "glorot_uniform",
    dropout: Rate = 0.0,
) -> Any:
    """Dense layer, activation, batch norm (if asked for), dropout: (batch, features) -> (batch, units).

    `l1` and `l2` penalise the kernel, `momentum` and `epsilon` are those of keras.layers.BatchNormalization,
    `negative_slope` is the slope of leaky_relu below zero.
    """
    from keras import layers

    require_vectors(x, "dense_block")
    x = layers.Dense(
        units,
        use_bias=use_bias,
        kernel_initializer=kernel_initializer,
        **penalties(l1, l2, penalize),
        name=f"{name}_dense",
    )(x)
    x = activate(x, activation, negative_slope, f"{name}_{activation}")
    if batch_norm:
        x = normalized(x, momentum, epsilon, l1, l2, penalize, f"{name}_batch_norm")
    return drop(x, dropout, f"{name}_dropout")


@block
def classifier(
    x: Any,
    *,
    name: str,
    num_classes: int,
    use_bias: bool = True,
    l1: NonNegativeFloat = 0.0,
    l2: NonNegativeFloat = 0.0,
    penalize: Penalize = "kernels",
    kernel_initializer: Initializer = "glorot_uniform",
) -> Any:
    """Dense layer with softmax over the data set's classes: (batch, features) -> (batch, classes).

    The last block of every model. `l1` and `l2` penalise the kernel. Float32 under mixed precision too.
    """
    import keras

    require_vectors(x, "classifier")
    return keras.layers.Dense(
        num_classes,
        activation="softmax",
        use_bias=use_bias,
        kernel_initializer=kernel_initializer,
        **penalties(l1, l2, penalize),
        dtype=keras.config.floatx(),
        name=name,
    )(x)
