"""Handwriting, set upright and into the middle."""

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from cnnlab.preprocess.base import preprocessing


@preprocessing
def deskew(
    images: Any,
    *,
    ink: Literal["bright", "dark"] = "bright",
    max_shear: Annotated[float, Field(ge=0, le=5)] = 1.0,
) -> Any:
    """Shears each image along its rows until the ink's axis is upright, and centres it on the ink.

    By the ink's moments: with (r, c) a pixel's row and column from the ink's centre of mass, weighted by how
    much ink it holds, the row r is moved by cov(r, c) / var(r) times r. One bilinear resampling; an image
    without ink stays as it is. (batch, height, width, channels) stays, and so does the range 0 to 255.

    Parameters:
        ink: bright: 255 is all ink, as in MNIST; dark: 0 is.
        max_shear: Largest shear, in columns for each row; slants beyond it are only reduced.
    """
    from keras import ops

    height, width = images.shape[1:3]
    rows, columns = (_centred(n) for n in (height, width))
    weights = ops.mean(images, axis=-1)  # (batch, height, width)
    if ink == "dark":
        weights = 255.0 - weights
    by_row, by_column = ops.sum(weights, axis=2), ops.sum(weights, axis=1)
    total = ops.maximum(ops.sum(by_row, axis=1), 1e-3)
    row = ops.sum(by_row * rows, axis=1) / total
    column = ops.sum(by_column * columns, axis=1) / total
    variance = ops.sum(by_row * rows**2, axis=1) / total - row**2
    product = ops.sum(ops.sum(weights * columns, axis=2) * rows, axis=1) / total
    shear = (product - row * column) / ops.maximum(variance, 1e-3)
    shear = ops.clip(shear, -max_shear, max_shear)
    # the pixel at (row r, column c) of the result is that at (r + b2, c + a1 r + a2) of the image
    offset = column + shear * float(rows[0]) + 0.0
    zero, one = ops.zeros_like(shear), ops.ones_like(shear)
    transforms = ops.stack([one, shear, offset, zero, one, row, zero, zero], axis=1)
    return ops.image.affine_transform(
        images,
        transforms,
        interpolation="bilinear",
        fill_mode="constant",
        fill_value=0.0 if ink == "bright" else 255.0,
    )


def _centred(length: int) -> np.ndarray:
    return (np.arange(length) - (length - 1) / 2).astype(np.float32)
