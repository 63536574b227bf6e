"""Thicker and thinner strokes."""

from functools import reduce
from typing import Any

from cnnlab.augment.base import augmentation
from cnnlab.parameters import Fraction


@augmentation
def random_stroke_width(*, factor: Fraction) -> Any:
    """Thickens or thins what is bright, by blending each image with its dilation or its erosion.

    A number t is drawn for each image, uniform between minus and plus `factor`. The result is
    (1 - |t|) times the image plus |t| times, for t above 0, the maximum, and below 0 the minimum over each
    pixel and its four neighbours.

    Parameters:
        factor: Largest share |t| of the dilated or eroded image.
    """
    return StrokeWidth(factor)


class StrokeWidth:
    """Blends images with their dilation or erosion by a 3x3 cross. Used like a Keras augmentation layer."""

    def __init__(self, factor: float) -> None:
        import keras

        self.factor = factor
        self.generator = keras.random.SeedGenerator(0, name="seed_generator")

    @property
    def variables(self) -> list[Any]:
        return [self.generator.state]

    def __call__(self, images: Any, training: bool = True) -> Any:
        """Change float32 images, (batch, height, width, channels); without `training` they stay as they are."""
        import tensorflow as tf

        if not training:
            return images
        images = tf.convert_to_tensor(images, tf.float32)
        seed = tf.cast(self.generator.next(), tf.int32)
        share = tf.random.stateless_uniform([tf.shape(images)[0], 1, 1, 1], seed, minval=-1.0) * self.factor
        # each image once, upside down in value where it is to be thinned: erosion is dilation of the negative
        sign = tf.where(share < 0.0, -1.0, 1.0)
        signed = images * sign
        return images + tf.abs(share) * (_dilated(signed) - signed) * sign


def _dilated(images: Any) -> Any:
    """The maximum over each pixel and its four neighbours within the image."""
    import tensorflow as tf

    height, width = tf.shape(images)[1], tf.shape(images)[2]
    padded = tf.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]], constant_values=images.dtype.min)
    starts = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)]
    return reduce(tf.maximum, [padded[:, y : y + height, x : x + width] for y, x in starts])
