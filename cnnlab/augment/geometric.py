"""Keras' layers that move pixels, under their snake-case names and with Keras' parameters.

A factor is one number or a pair, as in Keras: ``0.1`` stands for (-0.1, 0.1). Angles are fractions of a full
turn, translations and zooms fractions of the image's size. All parameters of a function, ``locals()``, are the layer's.
"""

from typing import Any, Literal

from cnnlab.augment.base import FillMode, Interpolation, augmentation, keras_layer
from cnnlab.parameters import Factor, Fraction, SignedFactor, ValueRange, ZoomFactor


@augmentation
def random_flip(
    *, mode: Literal["horizontal", "vertical", "horizontal_and_vertical"] = "horizontal_and_vertical"
) -> Any:
    """Mirrors each image with probability 1/2 along each axis of `mode`."""
    return keras_layer("RandomFlip", **locals())


@augmentation
def random_rotation(
    *,
    factor: SignedFactor,
    fill_mode: FillMode = "reflect",
    interpolation: Interpolation = "bilinear",
    fill_value: float = 0.0,
) -> Any:
    """Turns each image by a uniform angle; a `factor` of 0.1, of a full turn, is 36 degrees each way."""
    return keras_layer("RandomRotation", **locals())


@augmentation
def random_translation(
    *,
    height_factor: SignedFactor,
    width_factor: SignedFactor,
    fill_mode: FillMode = "reflect",
    interpolation: Interpolation = "bilinear",
    fill_value: float = 0.0,
) -> Any:
    """Shifts each image; the factors are fractions of its height and width."""
    return keras_layer("RandomTranslation", **locals())


@augmentation
def random_zoom(
    *,
    height_factor: ZoomFactor,
    width_factor: ZoomFactor | None = None,
    fill_mode: FillMode = "reflect",
    interpolation: Interpolation = "bilinear",
    fill_value: float = 0.0,
) -> Any:
    """Zooms each image; negative factors zoom in. `width_factor: null` keeps the aspect ratio."""
    return keras_layer("RandomZoom", **locals())


@augmentation
def random_shear(
    *,
    x_factor: Factor = 0.0,
    y_factor: Factor = 0.0,
    fill_mode: FillMode = "reflect",
    interpolation: Interpolation = "bilinear",
    fill_value: float = 0.0,
) -> Any:
    """Shears each image along x and y; a single number f stands for (0, f), as in Keras."""
    return keras_layer("RandomShear", **locals())


@augmentation
def random_perspective(
    *,
    factor: Fraction = 1.0,
    scale: Fraction = 1.0,
    interpolation: Interpolation = "bilinear",
    fill_value: float = 0.0,
) -> Any:
    """Moves the corners of a share `factor` of the images, by up to `scale`."""
    return keras_layer("RandomPerspective", **locals())


@augmentation
def random_elastic_transform(
    *,
    data_range: ValueRange,
    factor: Factor = 1.0,
    scale: Factor = 1.0,
    interpolation: Interpolation = "bilinear",
    fill_mode: FillMode = "reflect",
    fill_value: float = 0.0,
    value_range: ValueRange | None = None,
) -> Any:
    """Bends each image by a smooth random field."""
    return keras_layer("RandomElasticTransform", **locals())
