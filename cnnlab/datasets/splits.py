"""Which images train, validate and test: drawn per repeat for training, by a fixed rule for testing; and which of them
are kept in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from cnnlab.datasets.base import Dataset, Split
from cnnlab.datasets.stored import StoredImages
from cnnlab.errors import ConfigError

MEGABYTE = 1e6

S = TypeVar("S", bound=Split)


@dataclass(frozen=True)
class IndexedSplit(Split):
    """A split that knows where its images came from.

    indices: int64, shape (n,): positions in the split `origin` of the data set, so that a prediction can name
    its image.
    origin: "train", "validation" or "test". A drawn validation split has origin "train".
    """

    indices: np.ndarray = field(kw_only=True)
    origin: str = field(kw_only=True)

    def take(self, indices: np.ndarray) -> "IndexedSplit":
        """Return the images at `indices` of this split, in that order; their own indices go with them."""
        part = super().take(indices)
        return _indexed(part, self.indices[indices], self.origin)


@dataclass(frozen=True)
class Splits:
    """What one repeat trains on, validates on and is tested on; None where there is nothing."""

    train: IndexedSplit
    validation: IndexedSplit | None
    test: IndexedSplit | None

    def present(self) -> dict[str, IndexedSplit]:
        """The parts that exist, by name: train, validation, test, in this order."""
        found = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: part for name, part in found.items() if part is not None}


def draw_split(
    dataset: Dataset,
    *,
    train_size: int | None,
    validation_fraction: float,
    rng: np.random.Generator,
    limit: int | None = None,
) -> Splits:
    """Draw one repeat's splits.

    The training part, n images, is permuted at random. Its last ``int(n * validation_fraction)`` images are
    for validation, and the first `train_size` of the rest (None: all of them) for training. A data set that
    brings its own validation split keeps it whole: nothing is drawn for validation then, whatever the
    fraction. The test split is the data set's own, in its order. Of each part, at most `limit` images are kept.

    Raises ConfigError when the numbers do not fit the data.
    """
    train = dataset.train
    drawn = 0 if dataset.validation is not None else _validation_size(dataset, validation_fraction)
    available = len(train) - drawn
    _check_train_size(dataset, train_size, available, drawn)
    order = rng.permutation(len(train))
    chosen = order[: available if train_size is None else train_size]
    last = order[available:]
    splits = Splits(
        train=_indexed(train.take(chosen), chosen, "train"),
        validation=_indexed(train.take(last), last, "train")
        if drawn
        else _whole(dataset.validation, "validation"),
        test=_whole(dataset.test, "test"),
    )
    return replace(splits, **{name: limited(part, limit) for name, part in splits.present().items()})


def limited(split: IndexedSplit, limit: int | None) -> IndexedSplit:
    """At most `limit` images of a split, evenly spaced over it, since a test set may be sorted by class."""
    if limit is None or len(split) <= limit:
        return split
    return split.take(np.arange(limit) * len(split) // limit)


def _validation_size(dataset: Dataset, fraction: float) -> int:
    """Return how many training images go to validation."""
    n = len(dataset.train)
    if not 0 <= fraction < 1:
        raise ConfigError(f"data.validation_fraction is {fraction}, expected at least 0 and less than 1.")
    size = int(n * fraction)
    if fraction > 0 and size == 0:
        raise ConfigError(
            f"data.validation_fraction is {fraction}, which is less than one of the {n} training images of "
            f"'{dataset.name}': take at least {1 / n:.3g}, or 0 for no validation."
        )
    return size


def _check_train_size(dataset: Dataset, train_size: int | None, available: int, drawn: int) -> None:
    if train_size is None or 1 <= train_size <= available:
        return
    held_out = f" ({len(dataset.train)} less {drawn} for validation)" if drawn else ""
    raise ConfigError(
        f"data.train_size is {train_size}, expected 1 to {available}: '{dataset.name}' has {available} "
        f"images to train on{held_out}. Take fewer, or null for all."
    )


def _whole(split: Split | None, origin: str) -> IndexedSplit | None:
    return None if split is None else _indexed(split, np.arange(len(split), dtype=np.int64), origin)


def _indexed(split: Split, indices: np.ndarray, origin: str) -> IndexedSplit:
    return IndexedSplit(split.images, split.labels, split.names, split.groups, indices=indices, origin=origin)


def within_budget(splits: Mapping[str, S], megabytes: float) -> dict[str, S]:
    """Return the splits with the images of files in memory where they fit, uint8, the first split first.

    Those that do not fit stay on disk, fast to read in any order. Raises DataError when that takes a copy on disk
    and there is no room for it.
    """
    fitting, kept = _fitting(splits, megabytes), dict(splits)
    for name, split in splits.items():
        if isinstance(split.images, StoredImages):
            images = np.asarray(split.images) if name in fitting else split.images.seekable()
            kept[name] = replace(split, images=images)
    return kept


def prepare_streaming(splits: Mapping[str, Split], megabytes: float) -> None:
    """Write what `within_budget` would have to write, and read nothing else."""
    fitting = _fitting(splits, megabytes)
    for name, split in splits.items():
        if name not in fitting and isinstance(split.images, StoredImages):
            split.images.seekable()


def _fitting(splits: Mapping[str, Split], megabytes: float) -> set[str]:
    """The names of the splits whose images, as long as they are in a file, fit into memory together."""
    fitting, left = set(), megabytes * MEGABYTE
    for name, split in splits.items():
        if isinstance(split.images, StoredImages) and split.images.nbytes <= left:
            fitting.add(name)
            left -= split.images.nbytes
    return fitting


def stratified_tail(labels: np.ndarray, fraction: float) -> tuple[np.ndarray, np.ndarray]:
    """Divide n labelled images by a fixed rule; return the indices (first, tail), int64, both ascending.

    Of each class, the last ``n * fraction`` images, rounded to the nearest whole (half up), go into the tail.
    It is at least one where the class has two or more, and never the whole class. A fraction of 0 gives none.

    labels: int64, shape (n,).
    """
    in_tail = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels) if fraction > 0 else ():
        members = np.flatnonzero(labels == label)
        size = min(max(int(len(members) * fraction + 0.5), 1), len(members) - 1)
        in_tail[members[len(members) - size :]] = True
    return np.flatnonzero(~in_tail), np.flatnonzero(in_tail)
