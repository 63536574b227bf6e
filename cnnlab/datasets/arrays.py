"""Turning the arrays that people have into uint8 images and class indices, exactly or not at all."""

import numpy as np

from cnnlab.errors import DataError

BLOCK = 4096  # images looked at together, so that float copies stay small


def images_as_bytes(where: str, array: np.ndarray, fractions: bool) -> np.ndarray:
    """Return images as uint8, shape (n, height, width, channels).

    array: (n, height, width) or (n, height, width, channels), values as the data set `npz` describes them.
    fractions: floats are bytes divided by 255 rather than bytes.

    Raises DataError, beginning with `where`, for other shapes, other types and values that are not bytes.
    """
    images = _four_dimensional(where, array)
    if images.dtype == np.uint8:
        return images
    if images.dtype.kind not in "iuf":
        raise DataError(f"{where} is {array.dtype}, expected uint8: store images as bytes from 0 to 255.")
    result = np.empty(images.shape, dtype=np.uint8)
    for start in range(0, len(images), BLOCK):
        result[start : start + BLOCK] = _bytes(where, images[start : start + BLOCK], fractions)
    return result


def _four_dimensional(where: str, array: np.ndarray) -> np.ndarray:
    images = array[..., np.newaxis] if array.ndim == 3 else array  # (n, h, w) -> (n, h, w, 1)
    if images.ndim != 4 or 0 in images.shape:
        raise DataError(
            f"{where} has shape {array.shape}, expected images as (n, height, width) or (n, height, width, "
            "channels), none of them 0: reshape it."
        )
    if images.shape[1] <= 4 < images.shape[3]:
        raise DataError(
            f"{where} has shape {array.shape}, which looks like channels first, expected (n, height, width, "
            "channels): move the axis with numpy.moveaxis(x, 1, -1)."
        )
    return images


def _bytes(where: str, images: np.ndarray, fractions: bool) -> np.ndarray:
    """Return a block as uint8; raise DataError where a value is not a byte (0.01 is allowed for v / 255)."""
    if images.dtype.kind in "iu":
        rounded, wrong = images, (images < 0) | (images > 255)
    else:
        values = images.astype(np.float64) * (255 if fractions else 1)
        rounded = np.rint(values)
        exact = np.abs(values - rounded) <= (0.01 if fractions else 0)  # False for NaN
        wrong = ~(exact & (rounded >= 0) & (rounded <= 255))
    if wrong.any():
        raise DataError(
            f"{where} holds the value {images[wrong][0]} ({images.dtype}), expected bytes: uint8, or whole "
            "numbers from 0 to 255, or such numbers divided by 255. Store the original bytes; a config's "
            "`data.scale` does the scaling."
        )
    return rounded.astype(np.uint8)


def class_indices(where: str, array: np.ndarray) -> np.ndarray:
    """Return labels as int64 class indices, shape (n,).

    array: whole numbers from 0, shape (n,) or (n, 1) or (n, 1, ..., 1); or one-hot, shape (n, classes).

    Raises DataError, beginning with `where`, for anything else.
    """
    if array.dtype.kind not in "iufb" or array.ndim == 0:
        raise DataError(f"{where} is {array.dtype}, expected class indices 0, 1, 2, ... as integers.")
    if array.ndim == 2 and array.shape[1] > 1:
        return _from_one_hot(where, array)
    if array.size != len(array):
        raise DataError(
            f"{where} has shape {array.shape}, expected class indices (n,) or (n, 1), or one-hot rows "
            "(n, classes): reshape it."
        )
    flat = array.reshape(-1)  # (n, 1, ..., 1) -> (n,)
    whole = np.isfinite(flat) & (flat == np.floor(flat)) & (flat >= 0) & (flat < 2**31)
    if not whole.all():
        raise DataError(
            f"{where} holds the label {flat[~whole][0]}, expected class indices 0, 1, 2, ...: number "
            "the classes so."
        )
    return flat.astype(np.int64)


def _from_one_hot(where: str, array: np.ndarray) -> np.ndarray:
    right = ((array == 0) | (array == 1)).all(axis=1) & (array.sum(axis=1) == 1)
    if not right.all():
        row = int(np.flatnonzero(~right)[0])
        raise DataError(
            f"{where} has shape {array.shape} but its row {row} is not one-hot, expected a single 1 among "
            "zeros: store class indices of shape (n,)."
        )
    return array.argmax(axis=1).astype(np.int64)
