"""Which images are kept in memory, and which are read from their file each time: a budget decides."""

from dataclasses import replace
from typing import Any

import numpy as np

from cnnlab.datasets.base import Split
from cnnlab.datasets.stored import StoredImages

MEGABYTE = 1e6


def within_budget(splits: dict[str, Any], megabytes: float) -> dict[str, Any]:
    """Return the splits with the images of files in memory where they fit, uint8, the first split first.

    Those that do not fit stay on disk, fast to read in any order. Raises DataError when that takes a copy on disk
    and there is no room for it.
    """
    kept = _fitting(splits, megabytes)
    return {
        name: _with_images(split, np.asarray if name in kept else StoredImages.seekable)
        for name, split in splits.items()
    }


def prepare_streaming(splits: dict[str, Any], megabytes: float) -> None:
    """Write what `within_budget` would have to write, and read nothing else."""
    kept = _fitting(splits, megabytes)
    for name, split in splits.items():
        if name not in kept:
            _with_images(split, StoredImages.seekable)


def _fitting(splits: dict[str, Any], megabytes: float) -> set[str]:
    """The names of the splits whose images, as long as they are in a file, fit into memory together."""
    kept, left = set(), megabytes * MEGABYTE
    for name, split in splits.items():
        if split is not None and isinstance(split.images, StoredImages) and split.images.nbytes <= left:
            kept.add(name)
            left -= split.images.nbytes
    return kept


def _with_images(split: Split | None, change: Any) -> Split | None:
    if split is None or not isinstance(split.images, StoredImages):
        return split
    return replace(split, images=change(split.images))
