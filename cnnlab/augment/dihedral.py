"""The eight symmetries of a square: flips and quarter turns, which move pixels and blur nothing."""

from typing import Any

from cnnlab.augment.base import augmentation


class RandomSymmetry:
    """One of the symmetries of its shape for each image. Used like a Keras augmentation layer."""

    def __init__(self) -> None:
        import keras

        self.generator = keras.random.SeedGenerator(0, name="seed_generator")

    def __call__(self, images: Any, training: bool = True) -> Any:
        """Map images, (batch, height, width, channels), to the same shape."""
        import tensorflow as tf

        if not training:
            return images
        images = tf.convert_to_tensor(images)
        drawn = tf.random.stateless_uniform(
            [3, tf.shape(images)[0], 1, 1, 1], tf.cast(self.generator.next(), tf.int32)
        )
        for chance, axis in zip(tf.unstack(drawn[:2]), (1, 2), strict=True):
            images = tf.where(chance < 0.5, tf.reverse(images, [axis]), images)
        if images.shape[1] != images.shape[2]:
            return images
        return tf.where(drawn[2] < 0.5, tf.transpose(images, [0, 2, 1, 3]), images)


@augmentation
def random_d4() -> Any:
    """Turns each image by 0, 90, 180 or 270 degrees and mirrors it or not, each of the eight equally likely.

    No pixel is interpolated and none is lost, so that tissue, which has no up or down, stays as sharp as it is.
    Images that are not square are turned by 0 or 180 degrees alone. The same eight views as `evaluation.tta: d4`.
    """
    return RandomSymmetry()
