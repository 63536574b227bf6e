"""Augmentations that move pixels smoothly: neighbours in the list are composed into one resampling.

Resampling twice blurs twice; so `random_affine` followed by `random_elastic` reads each image once, at the
places that both together ask for.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from cnnlab.augment.resampling import Fill, bilinear


class Map(Protocol):
    """A random map of places, drawn anew for each image."""

    def __call__(self, rows: Any, columns: Any, seed: Any) -> tuple[Any, Any]:
        """Say where the pixel that shall come to each place is now.

        rows and columns: float32 (batch, height, width), pixels from the image's centre; seed: int32 (2,).
        """


class Warp:
    """Random maps, composed, and one bilinear resampling. Used like a Keras augmentation layer."""

    def __init__(self, maps: Sequence[Map], fill_mode: Fill, fill_value: float) -> None:
        """Apply `maps` in this order; see `bilinear` for what stands outside of the image."""
        import keras

        self.maps, self.fill_mode, self.fill_value = list(maps), fill_mode, fill_value
        self.generators = [keras.random.SeedGenerator(0, name="seed_generator") for _ in self.maps]

    @property
    def variables(self) -> list[Any]:
        """The states of the random generators, one for each map."""
        return [generator.state for generator in self.generators]

    def __call__(self, images: Any, training: bool = True) -> Any:
        """Warp float32 images, (batch, height, width, channels); without `training` they stay as they are."""
        import tensorflow as tf

        if not training:
            return images
        images = tf.convert_to_tensor(images, tf.float32)
        height, width = images.shape[1:3]
        middle_row, middle_column = (height - 1) / 2, (width - 1) / 2
        rows, columns = tf.meshgrid(
            tf.range(float(height)) - middle_row, tf.range(float(width)) - middle_column, indexing="ij"
        )
        alike = tf.zeros_like(images[:, :1, :1, 0])
        rows, columns = rows + alike, columns + alike  # (batch, height, width)
        # out(p) = in(m1(m2(p))): the map that acts last is asked first
        for each, generator in zip(reversed(self.maps), reversed(self.generators), strict=True):
            rows, columns = each(rows, columns, tf.cast(generator.next(), tf.int32))
        return bilinear(
            images,
            rows + middle_row,
            columns + middle_column,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
        )


def fused(layers: Sequence[Any]) -> list[Any]:
    """The same augmentation layers, with neighbouring warps that fill alike made one."""
    result: list[Any] = []
    for layer in layers:
        last = result[-1] if result else None
        if isinstance(layer, Warp) and isinstance(last, Warp) and _fill(layer) == _fill(last):
            result[-1] = Warp([*last.maps, *layer.maps], last.fill_mode, last.fill_value)
        else:
            result.append(layer)
    return result


def _fill(warp: Warp) -> tuple[Fill, float]:
    return warp.fill_mode, warp.fill_value
