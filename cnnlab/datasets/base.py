"""What a data set is: splits of labelled images, and what is known of them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cnnlab.registry import Registry


@dataclass(frozen=True)
class Split:
    """Images with their labels.

    images: uint8, shape (n, height, width, channels).
    labels: int64 class indices, shape (n,); None where the labels are hidden.
    """

    images: np.ndarray
    labels: np.ndarray | None

    def __len__(self) -> int:
        return len(self.images)

    def take(self, indices: np.ndarray) -> "Split":
        """Return the images and labels at `indices`, in that order."""
        labels = None if self.labels is None else self.labels[indices]
        return Split(self.images[indices], labels)


@dataclass(frozen=True)
class DatasetInfo:
    """What a network must know of a data set, and nothing else."""

    image_shape: tuple[int, int, int]  # height, width, channels
    class_names: tuple[str, ...]

    @property
    def num_classes(self) -> int:
        """The number of classes."""
        return len(self.class_names)


@dataclass(frozen=True)
class Dataset:
    """A data set in memory. `validation` is None where it is to be drawn from `train`."""

    name: str  # as in the registry
    title: str  # as tables and plots call it
    info: DatasetInfo
    train: Split
    validation: Split | None
    test: Split | None
    source: str  # the file or folder it was read from
    notes: tuple[str, ...] = field(default=())  # sentences that every report on it must carry

    def content_hash(self) -> str:
        """Return the SHA-256 over shapes and bytes of all splits, as 64 hex digits."""
        digest = hashlib.sha256()
        for split in (self.train, self.validation, self.test):
            for array in () if split is None else (split.images, split.labels):
                if array is None:
                    digest.update(b"none")
                else:
                    digest.update(f"{array.dtype.str}{array.shape}".encode())
                    digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()


@dataclass(frozen=True)
class DataPlaces:
    """Where to look for data, and whether to fetch what is missing.

    explicit is the folder a person named (``--data-dir`` or ``$CNNLAB_DATA``); None means the user cache.
    """

    explicit: Path | None = None
    download: bool = True


Loader = Callable[..., Dataset]

dataset = Registry("dataset", injected=())
"""Decorator and registry. A loader is called as ``loader(places, **parameters)`` and returns a `Dataset`.

Traits: `info`, a `DatasetInfo` (or a function of the parameters that returns one) where it is known without
reading the data; `bundled`, the name of the data set that ``--bundled`` puts in its place.
"""
