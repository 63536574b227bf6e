"""Turning the arrays of images that people have into uint8, exactly or not at all."""

from collections.abc import Mapping

import numpy as np

from cnnlab.errors import DataError

MOST_CLASSES = 100_000  # a larger label is no class, and would size networks and tables
BLOCK = 4096  # images looked at together, so that float copies stay small


def divided_by_255(arrays: Mapping[str, np.ndarray]) -> bool:
    """Whether images are floats that are bytes divided by 255: none of the first array's is above 1.

    arrays: by what to call them, those to train on first. Raises DataError, naming the array, where a value is not
    finite, and where the arrays are not all of one scale.
    """
    highest = {where: _highest(where, array) for where, array in arrays.items() if array.dtype.kind == "f"}
    if not highest:
        return False
    first = next(iter(highest))
    fractions = highest[first] <= 1
    for where, high in highest.items():
        whole = high > 1 or bool((arrays[where] == np.rint(arrays[where])).all())
        if (fractions and high > 1) or not (fractions or whole):
            raise DataError(
                f"{where} has values up to {high:.4g} and {first.rpartition(': ')[2]} up to {highest[first]:.4g}: "
                "one is divided by 255 and the other is not. Store both alike, best as uint8 from 0 to 255."
            )
    return fractions


def _highest(where: str, array: np.ndarray) -> float:
    """The largest value; raises DataError where one is not finite."""
    for start in range(0, len(array), BLOCK):
        finite = np.isfinite(array[start : start + BLOCK])
        if not finite.all():
            block, row = array[start : start + BLOCK], int(np.argwhere(~finite)[0][0])
            raise DataError(
                f"{where} holds the value {block[~finite][0]} ({array.dtype}) in its image {start + row}, expected "
                "finite numbers: mend these images, or take them out."
            )
    return float(array.max(initial=0))


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
        result[start : start + BLOCK] = _bytes(where, images[start : start + BLOCK], fractions, start)
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


def _bytes(where: str, images: np.ndarray, fractions: bool, start: int) -> np.ndarray:
    """Return a block as uint8; raise DataError where a value is not a byte (0.01 is allowed for v / 255)."""
    if images.dtype.kind in "iu":
        rounded, wrong = images, (images < 0) | (images > 255)
    else:
        values = images.astype(np.float64) * (255 if fractions else 1)
        rounded = np.rint(values)
        exact = np.abs(values - rounded) <= (0.01 if fractions else 0)
        wrong = ~(exact & (rounded >= 0) & (rounded <= 255))
    if wrong.any():
        row = start + int(np.argwhere(wrong)[0][0])
        raise DataError(
            f"{where} holds the value {images[wrong][0]} ({images.dtype}) in its image {row}, expected bytes: uint8, "
            "or whole numbers from 0 to 255, or such numbers divided by 255. Store the original bytes"
            f"{_way_back(images, fractions)}; a config's `data.scale` does the scaling."
        )
    return rounded.astype(np.uint8)


def _way_back(images: np.ndarray, fractions: bool) -> str:
    """How values that look scaled become bytes again."""
    if images.dtype.kind == "f" and images.min() >= -1 and images.max() <= 1 and images.min() < 0:
        return ", for values from -1 to 1 those of ((x + 1) * 127.5).round().astype('uint8')"
    if fractions:
        return ", for values from 0 to 1 those of (x * 255).round().astype('uint8')"
    return ""


LOW_VALUES = (
    "No pixel value is above 1 in {}: if these were numbers from 0 to 1 once, multiply them by 255 before making bytes "
    "of them."
)


def value_note(which: str, images: np.ndarray) -> tuple[str, ...]:
    """A sentence on images, uint8, whose values are all 0 or 1, or all the same; none on others.

    which: what the images are called, such as "the test images".
    """
    high = images.max()
    if high <= 1:
        return (LOW_VALUES.format(which),)
    return (f"All pixels of {which} have the value {high}.",) if images.min() == high else ()
