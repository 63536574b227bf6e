"""Labels and groups in HDF5 files, read into memory once their shapes are checked."""

from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.datasets.arrays.hdf5_file import find_array, key_of, of_part, open_hdf5, require_storage
from cnnlab.datasets.arrays.label_arrays import LONGEST, group_texts
from cnnlab.errors import DataError, counted

TEXT_BYTES = 1 << 28  # what texts of unknown length may take that are read together


def stored_labels(path: Path, part: str | None = None) -> np.ndarray | None:
    """Return the labels of a file, int64 (n,), each 0 or 1; None where the file has no key for them.

    Raises DataError for a shape other than (n,) or (n, 1, ...), for other values, and for anything but numbers.
    """
    with open_hdf5(path) as file:
        stored = find_array(path, file, "labels", of_part("labels", part))
        if stored is None:
            return None
        key = key_of(stored)
        _require_one_each(path, stored, "label")
        require_storage(path, key, stored)
        labels = stored[()]
    if labels.dtype.kind not in "iufb":
        raise DataError(f"{path}: {key} is {labels.dtype}, expected integers 0 and 1.")
    labels = labels.reshape(-1)
    wrong = (labels != 0) & (labels != 1)
    if wrong.any():
        raise DataError(
            f"{path}: {key} holds {labels[wrong][0]} at image {np.flatnonzero(wrong)[0]} ({wrong.sum()} such labels), "
            "expected 0 (normal) or 1 (tumour) alone."
        )
    return labels.astype(np.int64)


def stored_groups(path: Path, count: int, part: str | None = None) -> np.ndarray | None:
    """Return what each of `count` images was taken from, text (n,); None where the file has no key for it.

    Raises DataError unless there are as many, whole numbers or short texts.
    """
    with open_hdf5(path) as file:
        stored = find_array(path, file, "groups", of_part("groups", part))
        if stored is None:
            return None
        key = key_of(stored)
        _require_one_each(path, stored, "group")
        if len(stored) != count:
            raise DataError(
                f"{path}: {key} holds {counted(len(stored), 'group')}, and there are {counted(count, 'image')}, "
                "expected as many."
            )
        require_storage(path, key, stored)
        return group_texts(f"{path}: {key}", _values(path, stored))


def _require_one_each(path: Path, stored: Any, what: str) -> None:
    if stored.ndim == 0 or stored.size != len(stored):
        raise DataError(
            f"{path}: {key_of(stored)} has shape {stored.shape}, expected one {what} for each image: (n,), (n, 1) or "
            "(n, 1, 1, 1)."
        )


def _values(path: Path, stored: Any) -> np.ndarray:
    """All values, flat; texts of any length a few at a time, since one long text may stand for every image."""
    if stored.dtype.kind != "O":
        return np.asarray(stored[()]).reshape(-1)
    together = max(1, TEXT_BYTES // path.stat().st_size)
    values: list[Any] = []
    for start in range(0, len(stored), together):
        block = stored[start : start + together].reshape(-1).tolist()
        if any(len(value) > 4 * LONGEST for value in block if isinstance(value, bytes)):
            raise DataError(
                f"{path}: {key_of(stored)} has texts of more than {LONGEST:,} characters, expected the name of a "
                "patient or a slide."
            )
        values += block
    return np.array(values)
