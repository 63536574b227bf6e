"""The block registry, and the layers that several blocks are made of."""

from typing import Any, Literal

from cnnlab.errors import ConfigError
from cnnlab.registry import Registry

block = Registry("block", arguments=("x",), injected=("name", "num_classes"))
"""Decorator and registry. A block is called as ``block(x, **parameters)`` and returns a Keras tensor.

A block that asks for `name` gets a prefix for its layers' names, unique in the model (``conv_block_2``); one
that asks for `num_classes` gets the data set's number of classes.
"""

Penalize = Literal["kernels", "all"]
"""What `l1` and `l2` act on: the kernels alone, or all that is learned."""


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


def penalties(l1: float, l2: float, penalize: str) -> dict[str, Any]:
    """Keras' arguments for the penalties of a convolution or dense layer: on its kernel, or on `all` it learns."""
    of_bias = {"bias_regularizer": penalty(l1, l2)} if penalize == "all" else {}
    return {"kernel_regularizer": penalty(l1, l2), **of_bias}


def normalized(
    x: Any, momentum: float, epsilon: float, l1: float, l2: float, penalize: str, name: str
) -> Any:
    """Apply batch normalisation; gamma and beta are penalised where `penalize` is ``all``."""
    from keras import layers

    given = penalty(l1, l2) if penalize == "all" else None
    layer = layers.BatchNormalization(
        momentum=momentum, epsilon=epsilon, gamma_regularizer=given, beta_regularizer=given, name=name
    )
    return layer(x)


def drop(x: Any, rate: float, name: str) -> Any:
    """Apply dropout, or nothing where the rate is 0."""
    from keras import layers

    return layers.Dropout(rate, name=name)(x) if rate else x


def require_vectors(x: Any, name: str) -> None:
    """Raise ConfigError unless `x` is (batch, features)."""
    if len(x.shape) != 2:
        raise ConfigError(f"{name} expects vectors: put flatten or global_average_pool before it")


def require_images(x: Any, name: str) -> None:
    """Raise ConfigError unless `x` is (batch, height, width, channels)."""
    if len(x.shape) != 4:
        raise ConfigError(f"{name} expects images: put it before flatten or global_average_pool")


def require_room(x: Any, size: int, padding: str, what: str) -> None:
    """Raise ConfigError unless a window of `size` by `size` fits into the image, where nothing pads it."""
    height, width = x.shape[1:3]
    if padding == "valid" and size > min(height, width):
        raise ConfigError(f"{what} of {size}x{size} does not fit into an image of {height}x{width}")


def max_pooled(x: Any, pool_size: int | None, name: str) -> Any:
    """Apply max pooling, or nothing where the size is None."""
    from keras import layers

    if pool_size is None:
        return x
    require_room(x, pool_size, "valid", "max pooling")
    return layers.MaxPooling2D(pool_size, name=name)(x)
