"""Labels and groups that stand in arrays, as they are written there: numbers or text, one for each image."""

from collections.abc import Sequence

import numpy as np

from cnnlab.errors import DataError, shown

LONGEST = 1_000  # characters of the name of a class or a group
LARGEST = 1 << 53  # a whole number in a float is exact up to here
EXPECTED = (
    "expected one label for each image, (n,) or (n, 1): whole numbers or text; or one-hot rows, (n, classes)"
)


def labels_as_written(where: str, array: np.ndarray) -> tuple[np.ndarray, int | None]:
    """Return the labels, int64 or text, shape (n,), and how many classes one-hot rows have; None for other labels.

    array: whole numbers of any type, booleans (0 and 1) or text, shape (n,) or (n, 1, ..., 1); or one-hot, shape (n,
    classes). Raises DataError, beginning with `where`, for anything else.
    """
    if array.dtype.kind not in "iufbSU" or array.ndim == 0:
        raise DataError(f"{where} is {shown(array.dtype)} of shape {array.shape}, {EXPECTED}.")
    if array.ndim == 2 and array.shape[1] > 1 and array.dtype.kind in "iufb":
        return _from_one_hot(where, array), array.shape[1]
    if array.size != len(array):
        raise DataError(f"{where} has shape {array.shape}, {EXPECTED}: reshape it.")
    flat = array.reshape(-1)  # (n, 1, ..., 1) -> (n,)
    return (_texts(where, flat) if flat.dtype.kind in "SU" else _whole_numbers(where, flat)), None


def _whole_numbers(where: str, flat: np.ndarray) -> np.ndarray:
    whole = np.isfinite(flat) & (np.abs(flat.astype(np.float64)) < LARGEST) & (flat == np.floor(flat))
    if not whole.all():
        raise DataError(
            f"{where} holds the label {flat[~whole][0]} at its image {np.argmin(whole)}, expected whole numbers or "
            "text, one for each class: number the classes 0, 1, 2, ..., or write their names."
        )
    return flat.astype(np.int64)


def _texts(where: str, flat: np.ndarray) -> np.ndarray:
    texts = as_text(flat)
    empty = texts == ""
    if empty.any():
        raise DataError(
            f"{where} holds an empty label at its image {np.argmax(empty)}, expected the name of a class."
        )
    return texts


def as_text(values: np.ndarray) -> np.ndarray:
    """Numbers, bytes (UTF-8) or text as text, same shape."""
    return np.char.decode(values, "utf-8", "replace") if values.dtype.kind == "S" else values.astype(str)


def _from_one_hot(where: str, array: np.ndarray) -> np.ndarray:
    ones = array.sum(axis=1)
    bits = ((array == 0) | (array == 1)).all(axis=1)
    right = bits & (ones == 1)
    if right.all():
        return array.argmax(axis=1).astype(np.int64)
    row = int(np.argmin(right))
    several = f"it has {int(ones[row])} ones, as where an image is of several classes or of none, which is not read; "
    raise DataError(
        f"{where} has shape {array.shape} but its row {row} is not one-hot: {several if bits.all() else ''}expected a "
        "single 1 among zeros: store one label for each image, (n,)."
    )


def require_no_gap(where: str, parts: Sequence[np.ndarray]) -> None:
    """Raise DataError where numbers of classes are left out: are there classes without images, or are there none?

    parts: labels as they are written, shape (n,) each; text has no gaps.
    """
    found = np.unique(np.concatenate(parts)) if parts else np.empty(0)
    if found.dtype.kind not in "iu" or len(found) == 0:
        return
    gaps = np.flatnonzero(np.diff(found) > 1)
    if len(gaps):
        first = ", ".join(map(str, found[:3].tolist())) + (", ..." if len(found) > 3 else "")
        raise DataError(
            f"{where}: the labels go from {found[0]} to {found[-1]}, and none is {found[gaps[0]] + 1}: is that a class "
            f"without images? If not, say so in the config, `classes: [{first}]`; if so, name all classes in an array "
            "class_names."
        )


def group_texts(where: str, values: np.ndarray) -> np.ndarray:
    """Groups as text, (n,); values: (n,) or (n, 1), whole numbers or texts. Raises DataError for others."""
    flat = values.reshape(-1)
    if flat.dtype.kind not in "iubSU" or len(flat) != len(values) or flat.itemsize > 4 * LONGEST:
        raise DataError(
            f"{where} is {shown(values.dtype)} of shape {values.shape}, expected one group for each image: a whole "
            "number or the short name of a patient or a slide, (n,)."
        )
    return as_text(flat)
