"""Keras' image augmentation layers, under their snake-case names and with Keras' parameters.

A factor is one number or a pair, as in Keras: ``0.1`` stands for (-0.1, 0.1) in geometric layers. Angles are
fractions of a full turn, translations and zooms fractions of the image's size. The photometric layers need to
know which values an image may have: `value_range` is filled in from the data unless the config states it.
"""

from typing import Any, Literal

from cnnlab.augment.base import augmentation
from cnnlab.parameters import Fraction, Pair, PositiveInt, SmallInt

Factor = float | Pair
FillMode = Literal["reflect", "constant", "wrap", "nearest"]
Interpolation = Literal["bilinear", "nearest"]


@augmentation
def random_flip(*, mode: Literal["horizontal", "vertical", "horizontal_and_vertical"] = "horizontal_and_vertical") -> Any:
    """Mirrors each image with probability 1/2 along each axis of `mode`."""
    return _layer("RandomFlip", mode=mode)


@augmentation
def random_rotation(
    *, factor: Factor, fill_mode: FillMode = "reflect", interpolation: Interpolation = "bilinear", fill_value: float = 0.0
) -> Any:
    """Turns each image by a uniform angle; `factor` is a fraction of a full turn: 0.1 is up to 36 degrees each way."""
    return _layer(
        "RandomRotation", factor=factor, fill_mode=fill_mode, interpolation=interpolation, fill_value=fill_value
    )


@augmentation
def random_translation(
    *,
    height_factor: Factor,
    width_factor: Factor,
    fill_mode: FillMode = "reflect",
    interpolation: Interpolation = "bilinear",
    fill_value: float = 0.0,
) -> Any:
    """Shifts each image; the factors are fractions of its height and width."""
    return _layer(
        "RandomTranslation",
        height_factor=height_factor,
        width_factor=width_factor,
        fill_mode=fill_mode,
        interpolation=interpolation,
        fill_value=fill_value,
    )


@augmentation
def random_zoom(
    *,
    height_factor: Factor,
    width_factor: Factor | None = None,
    fill_mode: FillMode = "reflect",
    interpolation: Interpolation = "bilinear",
    fill_value: float = 0.0,
) -> Any:
    """Zooms each image; negative factors zoom in. `width_factor: null` keeps the aspect ratio."""
    return _layer(
        "RandomZoom",
        height_factor=height_factor,
        width_factor=width_factor,
        fill_mode=fill_mode,
        interpolation=interpolation,
        fill_value=fill_value,
    )


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
    return _layer(
        "RandomShear",
        x_factor=x_factor,
        y_factor=y_factor,
        fill_mode=fill_mode,
        interpolation=interpolation,
        fill_value=fill_value,
    )


@augmentation
def random_perspective(
    *, factor: Fraction = 1.0, scale: Fraction = 1.0, interpolation: Interpolation = "bilinear", fill_value: float = 0.0
) -> Any:
    """Moves the corners of a share `factor` of the images, by up to `scale`."""
    return _layer("RandomPerspective", factor=factor, scale=scale, interpolation=interpolation, fill_value=fill_value)


@augmentation
def random_elastic_transform(
    *,
    data_range: Pair,
    factor: Fraction | Pair = 1.0,
    scale: Factor = 1.0,
    interpolation: Interpolation = "bilinear",
    fill_mode: FillMode = "reflect",
    fill_value: float = 0.0,
    value_range: Pair | None = None,
) -> Any:
    """Bends each image by a smooth random field."""
    return _layer(
        "RandomElasticTransform",
        factor=factor,
        scale=scale,
        interpolation=interpolation,
        fill_mode=fill_mode,
        fill_value=fill_value,
        value_range=value_range or data_range,
    )


@augmentation
def random_brightness(*, data_range: Pair, factor: Factor, value_range: Pair | None = None) -> Any:
    """Adds to each image a constant of up to `factor` times the range's width, and clips to the range."""
    return _layer("RandomBrightness", factor=factor, value_range=value_range or data_range)


@augmentation
def random_contrast(*, data_range: Pair, factor: Fraction | Pair, value_range: Pair | None = None) -> Any:
    """Scales each image around its mean by 1 plus or minus up to `factor`, and clips to the range."""
    return _layer("RandomContrast", factor=factor, value_range=value_range or data_range)


@augmentation
def random_saturation(*, data_range: Pair, factor: Factor, value_range: Pair | None = None) -> Any:
    """Changes the saturation of RGB images."""
    return _layer("RandomSaturation", factor=factor, value_range=value_range or data_range)


@augmentation
def random_hue(*, data_range: Pair, factor: Fraction | Pair, value_range: Pair | None = None) -> Any:
    """Turns the hue of RGB images."""
    return _layer("RandomHue", factor=factor, value_range=value_range or data_range)


@augmentation
def random_color_jitter(
    *,
    data_range: Pair,
    brightness_factor: Factor | None = None,
    contrast_factor: Factor | None = None,
    saturation_factor: Factor | None = None,
    hue_factor: Factor | None = None,
    value_range: Pair | None = None,
) -> Any:
    """Brightness, contrast, saturation and hue of RGB images, in this order."""
    return _layer(
        "RandomColorJitter",
        brightness_factor=brightness_factor,
        contrast_factor=contrast_factor,
        saturation_factor=saturation_factor,
        hue_factor=hue_factor,
        value_range=value_range or data_range,
    )


@augmentation
def random_color_degeneration(*, data_range: Pair, factor: Factor, value_range: Pair | None = None) -> Any:
    """Blends RGB images with their grey version."""
    return _layer("RandomColorDegeneration", factor=factor, value_range=value_range or data_range)


@augmentation
def random_grayscale(*, factor: Fraction = 0.5) -> Any:
    """Turns a share `factor` of the RGB images grey."""
    return _layer("RandomGrayscale", factor=factor)


@augmentation
def random_sharpness(*, data_range: Pair, factor: Factor, value_range: Pair | None = None) -> Any:
    """Blends images with a smoothed or sharpened version."""
    return _layer("RandomSharpness", factor=factor, value_range=value_range or data_range)


@augmentation
def random_gaussian_blur(
    *,
    data_range: Pair,
    factor: Fraction | Pair = 1.0,
    kernel_size: SmallInt = 3,
    sigma: Factor = 1.0,
    value_range: Pair | None = None,
) -> Any:
    """Blurs a share `factor` of the images with a Gaussian of `sigma` pixels."""
    return _layer(
        "RandomGaussianBlur", factor=factor, kernel_size=kernel_size, sigma=sigma, value_range=value_range or data_range
    )


@augmentation
def random_erasing(
    *,
    data_range: Pair,
    factor: Fraction | Pair = 1.0,
    scale: Pair = (0.02, 0.33),
    fill_value: float | None = None,
    value_range: Pair | None = None,
) -> Any:
    """Overwrites a random rectangle of each image, with noise or with `fill_value`; `scale` is its share of the area."""
    return _layer(
        "RandomErasing", factor=factor, scale=scale, fill_value=fill_value, value_range=value_range or data_range
    )


@augmentation
def random_invert(*, data_range: Pair, factor: Fraction | Pair = 1.0, value_range: Pair | None = None) -> Any:
    """Turns a share `factor` of the images into their negative."""
    return _layer("RandomInvert", factor=factor, value_range=value_range or data_range)


@augmentation
def random_posterization(*, data_range: Pair, factor: SmallInt, value_range: Pair | None = None) -> Any:
    """Keeps the `factor` highest bits of each value."""
    return _layer("RandomPosterization", factor=factor, value_range=value_range or data_range)


@augmentation
def auto_contrast(*, data_range: Pair, value_range: Pair | None = None) -> Any:
    """Stretches each image to the full range. Not random."""
    return _layer("AutoContrast", value_range=value_range or data_range)


@augmentation
def equalization(*, data_range: Pair, bins: PositiveInt = 256, value_range: Pair | None = None) -> Any:
    """Equalises each image's histogram. Not random."""
    return _layer("Equalization", bins=bins, value_range=value_range or data_range)


@augmentation
def solarization(
    *,
    data_range: Pair,
    addition_factor: Factor = 0.0,
    threshold_factor: Factor = 0.0,
    value_range: Pair | None = None,
) -> Any:
    """Inverts the values above a random threshold."""
    return _layer(
        "Solarization",
        addition_factor=addition_factor,
        threshold_factor=threshold_factor,
        value_range=value_range or data_range,
    )


@augmentation
def rand_augment(
    *,
    data_range: Pair,
    num_ops: SmallInt = 2,
    factor: Fraction = 0.5,
    interpolation: Interpolation = "bilinear",
    value_range: Pair | None = None,
) -> Any:
    """`num_ops` random operations of strength `factor` on each image. Cubuk et al. 2020, "RandAugment"."""
    return _layer(
        "RandAugment",
        num_ops=num_ops,
        factor=factor,
        interpolation=interpolation,
        value_range=value_range or data_range,
    )


@augmentation
def aug_mix(
    *,
    data_range: Pair,
    num_chains: SmallInt = 3,
    chain_depth: SmallInt = 3,
    factor: Fraction = 0.3,
    alpha: float = 1.0,
    all_ops: bool = True,
    interpolation: Interpolation = "bilinear",
    value_range: Pair | None = None,
) -> Any:
    """Mixes several chains of operations. Hendrycks et al. 2020, "AugMix"."""
    return _layer(
        "AugMix",
        num_chains=num_chains,
        chain_depth=chain_depth,
        factor=factor,
        alpha=alpha,
        all_ops=all_ops,
        interpolation=interpolation,
        value_range=value_range or data_range,
    )


def _layer(class_name: str, **parameters: Any) -> Any:
    """Make the Keras layer; the seed is set for each batch by the training pipeline, so 0 stands here."""
    from keras import layers

    if class_name not in {"AutoContrast", "Equalization"}:
        parameters["seed"] = 0
    return getattr(layers, class_name)(**parameters)
