"""Blocks of convolutions and pooling: (batch, height, width, channels) to the same kind."""

from typing import Any, Literal

from cnnlab.blocks.base import (
    Penalize,
    activate,
    block,
    drop,
    max_pooled,
    normalized,
    penalties,
    require_images,
    require_room,
)
from cnnlab.parameters import (
    Activation,
    Initializer,
    NonNegativeFloat,
    Padding,
    PositiveFloat,
    PositiveInt,
    Rate,
    SmallInt,
)


def _strides_or_dilation(parameters: Any) -> str | None:
    if parameters.strides > 1 and parameters.dilation_rate > 1:
        return "strides and dilation_rate cannot both be above 1: leave one of them out"
    return None


@block(check=_strides_or_dilation)
def conv(
    x: Any,
    *,
    name: str,
    filters: PositiveInt,
    kernel_size: SmallInt = 3,
    strides: SmallInt = 1,
    padding: Padding = "same",
    dilation_rate: SmallInt = 1,
    activation: Activation = "linear",
    negative_slope: NonNegativeFloat = 0.3,
    use_bias: bool = True,
    l1: NonNegativeFloat = 0.0,
    l2: NonNegativeFloat = 0.0,
    penalize: Penalize = "kernels",
    kernel_initializer: Initializer = "glorot_uniform",
) -> Any:
    """One two-dimensional convolution, and its activation.

    (batch, height, width, channels) -> (batch, height / strides, width / strides, filters) with padding
    'same'. Parameters are those of keras.layers.Conv2D; `l1` and `l2` penalise the kernel (and the
    bias, with `penalize: all`), and `negative_slope` is the slope of leaky_relu below zero.
    """
    from keras import layers

    require_images(x, "conv")
    require_room(x, (kernel_size - 1) * dilation_rate + 1, padding, "a kernel")
    x = layers.Conv2D(
        filters,
        kernel_size,
        strides=strides,
        padding=padding,
        dilation_rate=dilation_rate,
        use_bias=use_bias,
        kernel_initializer=kernel_initializer,
        **penalties(l1, l2, penalize),
        name=f"{name}_conv",
    )(x)
    return activate(x, activation, negative_slope, f"{name}_{activation}")


@block
def conv_block(
    x: Any,
    *,
    name: str,
    filters: PositiveInt,
    convs: SmallInt = 2,
    kernel_size: SmallInt = 3,
    padding: Padding = "same",
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
    pool_size: SmallInt | None = 2,
    dropout: Rate = 0.0,
) -> Any:
    """`convs` times convolution, batch norm (if asked for), activation; then max pooling and dropout.

    (batch, height, width, channels) -> (batch, height // pool_size, width // pool_size, filters) with padding
    'same'. `pool_size: null` leaves pooling out. `l1` and `l2` penalise the kernels, `momentum` and `epsilon`
    are those of keras.layers.BatchNormalization, `negative_slope` is the slope of leaky_relu below zero.
    """
    from keras import layers

    require_images(x, "conv_block")
    for i in range(1, convs + 1):
        require_room(x, kernel_size, padding, "a kernel")
        x = layers.Conv2D(
            filters,
            kernel_size,
            padding=padding,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            **penalties(l1, l2, penalize),
            name=f"{name}_conv_{i}",
        )(x)
        if batch_norm:
            x = normalized(x, momentum, epsilon, l1, l2, penalize, f"{name}_batch_norm_{i}")
        x = activate(x, activation, negative_slope, f"{name}_{activation}_{i}")
    x = max_pooled(x, pool_size, f"{name}_max_pool")
    return drop(x, dropout, f"{name}_dropout")


def _odd_where_both_sides_are_padded(parameters: Any) -> str | None:
    if parameters.pad_both_sides and parameters.kernel_size % 2 == 0:
        return f"pad_both_sides needs an odd kernel_size, such as 3, got {parameters.kernel_size}"
    return None


@block(check=_odd_where_both_sides_are_padded)
def residual_block(
    x: Any,
    *,
    name: str,
    filters: PositiveInt,
    kernel_size: SmallInt = 3,
    strides: SmallInt = 1,
    activation: Activation = "leaky_relu",
    negative_slope: NonNegativeFloat = 0.3,
    shortcut: Literal["convolution", "auto"] = "auto",
    shortcut_batch_norm: bool = False,
    merge: Literal["add", "concatenate"] = "add",
    pad_both_sides: bool = False,
    momentum: Rate = 0.99,
    epsilon: PositiveFloat = 1e-3,
    use_bias: bool = True,
    l1: NonNegativeFloat = 0.0,
    l2: NonNegativeFloat = 0.0,
    penalize: Penalize = "kernels",
    kernel_initializer: Initializer = "glorot_uniform",
    pool_size: SmallInt | None = None,
    dropout: Rate = 0.0,
) -> Any:
    """Convolution, batch norm, activation, convolution, batch norm; plus a shortcut; activation.

    (batch, height, width, channels) -> (batch, height / strides // pool_size, ..., filters); with
    `merge: concatenate` the shortcut's channels stand beside the others and are not added to them. The
    shortcut is the block's input, through a 1x1 convolution always (`shortcut: convolution`) or only where
    the shapes differ (`auto`); with `strides` the first convolution and the shortcut step alike. Max pooling
    of `pool_size` and dropout come last. `pad_both_sides` matters where `strides` step over an even size: zeros
    then stand on each side, as in PyTorch, and not at the bottom and the right alone. He et al. 2016, "Deep
    residual learning for image recognition".
    """
    from keras import layers

    require_images(x, "residual_block")

    def convolution(y: Any, size: int, step: int, part: str, *, normalised: bool) -> Any:
        both_sides = pad_both_sides and step > 1
        if both_sides and size > 1:
            y = layers.ZeroPadding2D(size // 2, name=f"{name}_padding")(y)
        y = layers.Conv2D(
            filters,
            size,
            strides=step,
            padding="valid" if both_sides else "same",
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            **penalties(l1, l2, penalize),
            name=f"{name}_{part}",
        )(y)
        if not normalised:
            return y
        part = part.replace("conv", "batch_norm")
        return normalized(y, momentum, epsilon, l1, l2, penalize, f"{name}_{part}")

    main = convolution(x, kernel_size, strides, "conv_1", normalised=True)
    main = activate(main, activation, negative_slope, f"{name}_{activation}_1")
    main = convolution(main, kernel_size, 1, "conv_2", normalised=True)
    if shortcut == "convolution" or strides > 1 or (merge == "add" and x.shape[-1] != filters):
        x = convolution(x, 1, strides, "shortcut_conv", normalised=shortcut_batch_norm)
    joined = layers.Add if merge == "add" else layers.Concatenate
    x = joined(name=f"{name}_{merge}")([main, x])
    x = activate(x, activation, negative_slope, f"{name}_{activation}_2")
    x = max_pooled(x, pool_size, f"{name}_max_pool")
    return drop(x, dropout, f"{name}_dropout")


@block
def max_pool(
    x: Any, *, name: str, pool_size: SmallInt = 2, strides: SmallInt | None = None, padding: Padding = "valid"
) -> Any:
    """Maximum over windows of `pool_size` by `pool_size`.

    (batch, height, width, channels) -> (batch, height // strides, width // strides, channels);
    `strides: null` means `pool_size`. Parameters are those of keras.layers.MaxPooling2D.
    """
    from keras import layers

    require_images(x, "max_pool")
    require_room(x, pool_size, padding, "max pooling")
    return layers.MaxPooling2D(pool_size, strides, padding, name=name)(x)


@block
def average_pool(
    x: Any, *, name: str, pool_size: SmallInt = 2, strides: SmallInt | None = None, padding: Padding = "valid"
) -> Any:
    """Mean over windows of `pool_size` by `pool_size`.

    (batch, height, width, channels) -> (batch, height // strides, width // strides, channels);
    `strides: null` means `pool_size`. Parameters are those of keras.layers.AveragePooling2D.
    """
    from keras import layers

    require_images(x, "average_pool")
    require_room(x, pool_size, padding, "average pooling")
    return layers.AveragePooling2D(pool_size, strides, padding, name=name)(x)


@block
def global_average_pool(x: Any, *, name: str) -> Any:
    """Mean of each channel over the whole image: (batch, height, width, channels) -> (batch, channels)."""
    from keras import layers

    require_images(x, "global_average_pool")
    return layers.GlobalAveragePooling2D(name=name)(x)
