"""Keras' layers that change values, and those that mix many changes, under their snake-case names.

They need to know which values an image may have: `value_range` is filled in from the data unless the config
states it. A factor is one number or a pair, as in Keras. All parameters of a function, ``locals()``, are the layer's.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from cnnlab.augment.base import Interpolation, augmentation, in_unit_range, keras_layer
from cnnlab.parameters import Bits, Factor, Fraction, PositiveFloat, SignedFactor, SmallInt, ValueRange


def odd(value: int) -> int:
    """Return `value`; ValueError where it is even."""
    if value % 2 == 0:
        raise ValueError(f"expected an odd number, got {value}")
    return value


Bins = Annotated[int, Field(ge=2, le=65_536)]
OddInt = Annotated[SmallInt, AfterValidator(odd)]


def _jitters_colour(parameters: Any) -> bool:
    return parameters.saturation_factor is not None or parameters.hue_factor is not None


@augmentation
def random_brightness(
    *, data_range: ValueRange, factor: SignedFactor, value_range: ValueRange | None = None
) -> Any:
    """Adds to each image a constant of up to `factor` times the range's width, and clips to the range."""
    return keras_layer("RandomBrightness", **locals())


@augmentation
def random_contrast(*, data_range: ValueRange, factor: Factor, value_range: ValueRange | None = None) -> Any:
    """Scales each image around its mean by 1 plus or minus up to `factor`, and clips to the range."""
    return keras_layer("RandomContrast", **locals())


@augmentation(needs_colour=lambda parameters: True)
def random_saturation(
    *, data_range: ValueRange, factor: SignedFactor, value_range: ValueRange | None = None
) -> Any:
    """Changes the saturation of RGB images: a factor of 0 takes it away, .5 keeps it, 1 makes it full."""
    return in_unit_range("RandomSaturation", **locals())


@augmentation(needs_colour=lambda parameters: True)
def random_hue(*, data_range: ValueRange, factor: Factor, value_range: ValueRange | None = None) -> Any:
    """Turns the hue of RGB images."""
    return keras_layer("RandomHue", **locals())


@augmentation(needs_colour=_jitters_colour)
def random_color_jitter(
    *,
    data_range: ValueRange,
    brightness_factor: SignedFactor | None = None,
    contrast_factor: Factor | None = None,
    saturation_factor: SignedFactor | None = None,
    hue_factor: Factor | None = None,
    value_range: ValueRange | None = None,
) -> Any:
    """Brightness, contrast, saturation and hue of RGB images, in this order."""
    return in_unit_range("RandomColorJitter", **locals())


@augmentation
def random_color_degeneration(
    *, data_range: ValueRange, factor: SignedFactor, value_range: ValueRange | None = None
) -> Any:
    """Blends RGB images with their grey version."""
    return keras_layer("RandomColorDegeneration", **locals())


@augmentation
def random_grayscale(*, factor: Fraction = 0.5) -> Any:
    """Turns a share `factor` of the RGB images grey."""
    return keras_layer("RandomGrayscale", **locals())


@augmentation
def random_sharpness(*, data_range: ValueRange, factor: Factor, value_range: ValueRange | None = None) -> Any:
    """Blends images with a smoothed or sharpened version."""
    return keras_layer("RandomSharpness", **locals())


@augmentation
def random_gaussian_blur(
    *,
    data_range: ValueRange,
    factor: Factor = 1.0,
    kernel_size: OddInt = 3,
    sigma: Factor = 1.0,
    value_range: ValueRange | None = None,
) -> Any:
    """Blurs a share `factor` of the images with a Gaussian of `sigma` pixels."""
    return keras_layer("RandomGaussianBlur", **locals())


@augmentation
def random_erasing(
    *,
    data_range: ValueRange,
    factor: Factor = 1.0,
    scale: Factor = (0.02, 0.33),
    fill_value: float | None = None,
    value_range: ValueRange | None = None,
) -> Any:
    """Overwrites a random rectangle of each image, a share `scale` of it, with noise or with `fill_value`."""
    return keras_layer("RandomErasing", **locals())


@augmentation
def random_invert(
    *, data_range: ValueRange, factor: Factor = 1.0, value_range: ValueRange | None = None
) -> Any:
    """Turns a share `factor` of the images into their negative."""
    return in_unit_range("RandomInvert", **locals())


@augmentation
def random_posterization(
    *, data_range: ValueRange, factor: Bits, value_range: ValueRange | None = None
) -> Any:
    """Keeps only the highest bits of each value.

    Parameters:
        factor: bits to keep. As in Keras, a pair [low, high] draws from low to high - 1, and a number n means
            [1, n]; [n, n] is always n.
    """
    return keras_layer("RandomPosterization", **locals())


@augmentation
def auto_contrast(*, data_range: ValueRange, value_range: ValueRange | None = None) -> Any:
    """Stretches each image to the full range. Not random."""
    return keras_layer("AutoContrast", **locals())


@augmentation
def equalization(*, data_range: ValueRange, bins: Bins = 256, value_range: ValueRange | None = None) -> Any:
    """Equalises each image's histogram. Not random."""
    return keras_layer("Equalization", **locals())


@augmentation
def solarization(
    *,
    data_range: ValueRange,
    addition_factor: Factor = 0.0,
    threshold_factor: Factor = 0.0,
    value_range: ValueRange | None = None,
) -> Any:
    """Inverts the values above a random threshold."""
    return keras_layer("Solarization", **locals())


@augmentation
def rand_augment(
    *,
    data_range: ValueRange,
    num_ops: SmallInt = 2,
    factor: Fraction = 0.5,
    interpolation: Interpolation = "bilinear",
    value_range: ValueRange | None = None,
) -> Any:
    """`num_ops` random operations of strength `factor` on each image. Cubuk et al. 2020, "RandAugment"."""
    return keras_layer("RandAugment", **locals())


@augmentation
def aug_mix(
    *,
    data_range: ValueRange,
    num_chains: SmallInt = 3,
    chain_depth: SmallInt = 3,
    factor: Fraction = 0.3,
    alpha: PositiveFloat = 1.0,
    all_ops: bool = True,
    interpolation: Interpolation = "bilinear",
    value_range: ValueRange | None = None,
) -> Any:
    """Mixes several chains of operations, which are drawn once for a whole training.

    Hendrycks et al. 2020, "AugMix", draw them for each image; Keras' layer draws which operations make up the
    chains when the pipeline is built, and only their strengths anew.
    """
    return keras_layer("AugMix", **locals())
