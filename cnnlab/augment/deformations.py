"""Deformations in one resampling, as handwriting needs them: an affine map, and a smooth elastic field.

Unlike the layers of Keras they are composed: where they stand one after the other, the image is read once.
"""

import math
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from cnnlab.augment.base import augmentation
from cnnlab.augment.resampling import Fill
from cnnlab.augment.warp import Warp
from cnnlab.parameters import ValueRange

Degrees = Annotated[float, Field(ge=0, le=180)]
LogFactor = Annotated[float, Field(ge=0, le=2)]
Shear = Annotated[float, Field(ge=0, le=2)]
Share = Annotated[float, Field(ge=0, le=1)]
Pixels = Annotated[float, Field(ge=0, le=100)]
Sigma = Annotated[float, Field(ge=0.5, le=100)]


@augmentation
def random_affine(
    *,
    data_range: ValueRange,
    rotation_degrees: Degrees = 0.0,
    log_scale: LogFactor = 0.0,
    log_anisotropy: LogFactor = 0.0,
    shear: Shear = 0.0,
    translation: Share = 0.0,
    fill_mode: Fill = "nearest",
    fill_value: float | None = None,
) -> Any:
    """Turns, scales, stretches, shears and shifts each image, in one bilinear resampling.

    Each of the six numbers below is drawn for each image from the uniform distribution between minus and plus
    its parameter: the angle; s; a; k; the shifts down and across. About its centre the image is made
    exp(s + a / 2) times as wide and exp(s - a / 2) times as high, then sheared by k along its rows, then
    turned, then shifted. A `random_elastic` next to it shares the resampling.

    Parameters:
        rotation_degrees: Largest angle, in degrees.
        log_scale: Largest |s|: 0.2 makes the image up to exp(0.2) = 1.22 times as large or small.
        log_anisotropy: Largest |a|: exp(a) is by how much the ratio of width to height changes.
        shear: Largest |k|: columns moved for each row away from the centre.
        translation: Largest shift, a share of the image's height and width.
        fill_value: The value for fill_mode: constant; null: the lowest that the data have.
    """

    def affine(rows: Any, columns: Any, seed: Any) -> tuple[Any, Any]:
        import tensorflow as tf

        drawn = tf.random.stateless_uniform([tf.shape(rows)[0], 6, 1, 1], seed, minval=-1.0)
        angle, s, a, k, down, across = tf.unstack(drawn, axis=1)
        size = tf.cast(tf.shape(rows)[1:], tf.float32)
        rows = rows - translation * down * size[0]
        columns = columns - translation * across * size[1]
        angle = angle * math.radians(rotation_degrees)
        cosine, sine = tf.cos(angle), tf.sin(angle)
        rows, columns = cosine * rows + sine * columns, cosine * columns - sine * rows
        columns = columns - shear * k * rows
        s, half = s * log_scale, a * (log_anisotropy / 2.0)
        return rows * tf.exp(half - s), columns * tf.exp(-half - s)

    return Warp([affine], fill_mode, data_range[0] if fill_value is None else fill_value)


@augmentation
def random_elastic(
    *,
    data_range: ValueRange,
    sigma: Sigma = 4.0,
    displacement: Pixels = 1.0,
    fill_mode: Fill = "nearest",
    fill_value: float | None = None,
) -> Any:
    """Bends each image by a smooth random field, in one bilinear resampling.

    Each pixel's shift down and its shift across are white Gaussian noise, filtered by a Gaussian of `sigma`
    pixels and scaled so that every pixel's shift has the standard deviation `displacement`, those at the edge
    included. Simard, Steinkraus and Platt 2003, "Best practices for convolutional neural networks". A
    `random_affine` next to it shares the resampling.

    Parameters:
        sigma: Standard deviation of the filter, in pixels: the larger, the smoother.
        displacement: Standard deviation of each pixel's shift, in pixels.
        fill_value: The value for fill_mode: constant; null: the lowest that the data have.
    """

    def elastic(rows: Any, columns: Any, seed: Any) -> tuple[Any, Any]:
        import tensorflow as tf

        down, across = (_filter(length, sigma) for length in rows.shape[1:])
        noise = tf.random.stateless_normal([tf.shape(rows)[0], 2, down.shape[1], across.shape[1]], seed)
        field = tf.linalg.matmul(tf.matmul(down, noise), across, transpose_b=True) * displacement
        return rows + field[:, 0], columns + field[:, 1]

    return Warp([elastic], fill_mode, data_range[0] if fill_value is None else fill_value)


def _filter(length: int, sigma: float) -> np.ndarray:
    """Gaussian weights of the noise at places around each of `length` pixels: float32 (length, places).

    The places lie `sigma` / 2, or at least 1 pixel, apart, and reach 3 `sigma` beyond the edges. Rows have unit norm.
    """
    step = max(1.0, sigma / 2)
    reach = (length - 1) / 2 + 3 * sigma
    places = np.arange(-math.ceil(reach / step), math.ceil(reach / step) + 1) * step
    pixels = np.arange(length) - (length - 1) / 2
    weights = np.exp(-((pixels[:, None] - places) ** 2) / (2 * sigma**2))
    return (weights / np.linalg.norm(weights, axis=1, keepdims=True)).astype(np.float32)
