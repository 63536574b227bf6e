"""Bilinear resampling of a batch of images at any places, in TensorFlow."""

from typing import Any, Literal

Fill = Literal["nearest", "reflect", "constant"]


def bilinear(images: Any, rows: Any, columns: Any, *, fill_mode: Fill, fill_value: float = 0.0) -> Any:
    """Read each image at the places (`rows`, `columns`), in pixels from the centre of its first pixel.

    images: float32 (batch, height, width, channels); rows and columns: float32 (batch, height, width). Returns
    float32 (batch, height, width, channels). Outside of the image stands its nearest pixel, its mirror image,
    or `fill_value`, as `fill_mode` says.
    """
    import tensorflow as tf

    if fill_mode == "constant":
        images = tf.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]], constant_values=fill_value)
        rows, columns = rows + 1.0, columns + 1.0
    shape = tf.shape(images)
    height, width = shape[1], shape[2]
    if fill_mode == "reflect":
        rows, columns = _mirrored(rows, height), _mirrored(columns, width)
    above, below, down = _neighbours(rows, height)
    left, right, across = _neighbours(columns, width)
    first = tf.reshape(tf.range(shape[0]) * height * width, [-1, 1, 1])
    above, below = first + above * width, first + below * width
    pixels = tf.reshape(images, [-1, images.shape[-1]])
    down, across = down[..., None], across[..., None]

    def between(row: Any) -> Any:
        start, end = tf.gather(pixels, row + left), tf.gather(pixels, row + right)
        return start + across * (end - start)

    top, bottom = between(above), between(below)
    return top + down * (bottom - top)


def _neighbours(places: Any, length: Any) -> tuple[Any, Any, Any]:
    """The pixels before and after each place, int32, and how far from the one to the other it lies."""
    import tensorflow as tf

    last = length - 1
    places = tf.clip_by_value(places, 0.0, tf.cast(last, tf.float32))
    before = tf.floor(places)
    whole = tf.cast(before, tf.int32)
    return whole, tf.minimum(whole + 1, last), places - before


def _mirrored(places: Any, length: Any) -> Any:
    """Places outside of an axis, mirrored into it at its edges: d c b a | a b c d | d c b a."""
    import tensorflow as tf

    size = tf.cast(length, tf.float32)
    within = tf.math.floormod(places + 0.5, 2.0 * size)
    return tf.minimum(within, 2.0 * size - within) - 0.5
