"""Colours as another laboratory might have stained them: noise in the space of haematoxylin and eosin."""

from typing import Any

import numpy as np

from cnnlab.augment.base import augmentation
from cnnlab.parameters import Fraction, ValueRange

HAEMATOXYLIN, EOSIN = (0.650, 0.704, 0.286), (0.072, 0.990, 0.105)
DARKEST = 1 / 255  # what lets less light through counts as this


def stain_matrix() -> np.ndarray:
    """Optical density of red, green, blue per unit of each stain: float32 (3, 3), rows of length 1.

    Haematoxylin and eosin as measured by Ruifrok and Johnston 2001, "Quantification of histochemical staining by
    color deconvolution"; the third row stands at right angles to both and takes what they leave.
    """
    stains = np.array([HAEMATOXYLIN, EOSIN, np.cross(HAEMATOXYLIN, EOSIN)])
    return (stains / np.linalg.norm(stains, axis=1, keepdims=True)).astype(np.float32)


class StainNoise:
    """Scales and shifts the amount of each stain, for each image anew. Used like a Keras augmentation layer."""

    def __init__(self, factor: float, shift: float, value_range: ValueRange) -> None:
        import keras

        self.factor, self.shift = factor, shift
        self.value_range = value_range
        self.low, self.high = value_range
        self.generator = keras.random.SeedGenerator(0, name="seed_generator")

    def __call__(self, images: Any, training: bool = True) -> Any:
        """Map float32 RGB images, (batch, height, width, 3), to the same shape and range."""
        import tensorflow as tf

        if not training:
            return images
        if images.shape[-1] != 3:
            raise ValueError(f"expected images with 3 channels, got {images.shape[-1]}")
        matrix = stain_matrix()
        light = (tf.convert_to_tensor(images, tf.float32) - self.low) / (self.high - self.low)
        density = -_log10(tf.clip_by_value(light, DARKEST, 1.0))
        drawn = tf.random.stateless_uniform(
            [tf.shape(images)[0], 2, 1, 1, 3], tf.cast(self.generator.next(), tf.int32), minval=-1.0
        )
        amounts = tf.tensordot(density, np.linalg.inv(matrix), 1)
        amounts = amounts * (1.0 + self.factor * drawn[:, 0]) + self.shift * drawn[:, 1]
        light = tf.pow(10.0, -tf.tensordot(amounts, matrix, 1))
        return tf.clip_by_value(light, 0.0, 1.0) * (self.high - self.low) + self.low


def _log10(x: Any) -> Any:
    import tensorflow as tf

    return tf.math.log(x) * float(1 / np.log(10))


@augmentation(needs_colour=lambda parameters: True)
def random_stain(
    *,
    data_range: ValueRange,
    factor: Fraction = 0.05,
    shift: Fraction = 0.02,
    value_range: ValueRange | None = None,
) -> Any:
    """Changes the amounts of haematoxylin and eosin in RGB images, as stainings of other laboratories differ.

    Optical density, -log10 of the light that comes through, is split into haematoxylin, eosin and a rest. Each of
    the three is multiplied by a number from 1 - `factor` to 1 + `factor` and raised by one from -`shift` to `shift`,
    all drawn for each image; the result is turned back into colours. Tellez et al. 2018, "Whole-slide mitosis
    detection in H&E breast histology", and 2019, "Quantifying the effects of data augmentation and stain color
    normalization", who take .05 for a light and .2 for a strong change.

    Parameters:
        factor: largest relative change of the amount of each stain.
        shift: largest change of each amount in units of optical density.
    """
    return StainNoise(factor, shift, value_range or data_range)
