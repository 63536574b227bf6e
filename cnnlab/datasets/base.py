"""What a data set is: splits of labelled images, and what is known of them."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from cnnlab.datasets.pictures.kept_hash import Images, Pieces, content, kept_hash
from cnnlab.datasets.stored import StoredImages
from cnnlab.positive_class import positive_class
from cnnlab.registry import Registry


@dataclass(frozen=True)
class Split:
    """Images with their labels.

    images: uint8, shape (n, height, width, channels); an array, or `StoredImages` that are read when indexed.
    labels: int64 class indices, shape (n,); None where the labels are hidden.
    names: text, shape (n,): what to call each image, such as its file; None where its index says it all.
    groups: text, shape (n,): what each image was taken from, such as a patient or a slide, which a drawn split must
        not divide; None where that is unknown.

    Other code asks no more of the images than their length, shape, dtype and nbytes, and indexes them by an
    integer, a slice or an array of integers, so that it need not know where they lie.
    """

    images: np.ndarray | StoredImages
    labels: np.ndarray | None
    names: np.ndarray | None = None
    groups: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.images)

    def take(self, indices: np.ndarray) -> "Split":
        """Return the images, labels, names and groups at `indices`, in that order."""
        images = self.images.take(indices) if isinstance(self.images, StoredImages) else self.images[indices]
        rest = (None if each is None else each[indices] for each in (self.labels, self.names, self.groups))
        return Split(images, *rest)


@dataclass(frozen=True)
class DatasetInfo:
    """What a network must know of a data set, and nothing else."""

    image_shape: tuple[int, int, int]  # height, width, channels
    class_names: tuple[str, ...]

    @property
    def num_classes(self) -> int:
        """The number of classes."""
        return len(self.class_names)

    @property
    def positive_class(self) -> str | None:
        """The name of the positive class of two, that of class 1; None for any other number of classes."""
        return positive_class(self.class_names)


@dataclass(frozen=True)
class Dataset:
    """A data set, its labels in memory. `validation` is None where it is to be drawn from `train`."""

    name: str  # as in the registry
    title: str  # as tables and plots call it
    info: DatasetInfo
    train: Split
    validation: Split | None
    test: Split | None
    source: str  # the file or folder it was read from
    notes: tuple[str, ...] = field(default=())  # sentences that every report on it must carry
    reading: str = ""  # a sentence: what was found at the source, and how it was read

    @cached_property
    def sha256(self) -> str:
        """The content hash, computed once."""
        return self.content_hash()

    def content_hash(self) -> str:
        """Return the SHA-256 over each split's name, images, labels and groups if any, as 64 hex digits.

        Of images in the user cache it is computed once: see `kept_hash`.
        """
        return kept_hash([split.images for split in self.splits().values()], self._digest)

    def look_through(self, look: Callable[[np.ndarray], None]) -> None:
        """Call `look` with all images, split after split, some at a time, uint8 (k, height, width, channels).

        They are read once: where the content hash is not known, it is computed on the way.
        """
        images, left = [split.images for split in self.splits().values()], True

        def watched(array: Images) -> Iterator[np.ndarray]:
            nonlocal left
            for block in content(array):
                if any(array is each for each in images):
                    look(block)
                    left = False
                yield block

        if "sha256" not in vars(self):
            digest = kept_hash(images, lambda pieces: self._digest(watched if pieces is content else pieces))
            vars(self)["sha256"] = digest  # as `cached_property` keeps it
        for each in images if left else ():
            for block in content(each):
                look(block)

    def _digest(self, pieces: Pieces) -> str:
        digest = hashlib.sha256()
        for part, split in self.splits().items():
            digest.update(part.encode())
            for array in (split.images, split.labels):
                if array is None:
                    digest.update(b"none")
                    continue
                digest.update(f"{array.dtype.str}{array.shape}".encode())
                for piece in pieces(array):
                    digest.update(np.ascontiguousarray(piece).data)
            if split.groups is not None:  # which decide what is drawn
                digest.update("\n".join(split.groups.tolist()).encode(errors="surrogateescape"))
        return digest.hexdigest()

    def splits(self) -> dict[str, Split]:
        """The splits that exist, by name: train, validation, test, in this order."""
        found = {"train": self.train, "validation": self.validation, "test": self.test}
        return {part: split for part, split in found.items() if split is not None}


DATA_DIR = "--data-dir"


@dataclass(frozen=True)
class DataPlaces:
    """Where to look for data, and whether to fetch what is missing. `locate.data_places` makes one.

    explicit is the folder, or the single file, that a person named; None means the user cache.
    named_by says how it was named (``--data-dir`` or ``$CNNLAB_DATA``), for messages.
    """

    explicit: Path | None = None
    download: bool = True
    named_by: str = DATA_DIR


Loader = Callable[..., Dataset]

dataset = Registry(
    "dataset",
    arguments=("places",),
)
"""Decorator and registry. A loader is called as ``loader(places, **parameters)`` and returns a `Dataset`.

Traits, all optional:

- `info`: a `DatasetInfo`, or a function of the parameters and the places that returns one, where it is known
  without reading the data;
- `bundled`: the name of the data set that ``--bundled`` puts in its place; parameters that both have are kept;
- `bundled_with`: parameters of that other data set which make it the more alike;
- `smoke`: parameters that make it small, for ``--smoke``, where it is made as it is loaded;
- `title`: as tables call it; else the first line of the docstring;
- `size`: its extent in a few words, for listings;
- `find`: a function of the places that returns the `Path` where the data lie, or None, and downloads nothing;
- `note`: half a sentence for listings;
- `files`: a function of the places that returns the `FileReport` of each file, for ``cnnlab data check``;
- `remote`: the files that ``cnnlab data fetch`` brings, by split: a dict of tuples of `RemoteFile`;
- `licence`: who made it and under which licence, in a line;
- `own_validation`: whether it brings its own validation split, where that is known without reading the data.
"""
