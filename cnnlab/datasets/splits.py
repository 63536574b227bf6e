"""Which images train, validate and test: drawn per repeat for training, by a fixed rule for testing; and which of them
are kept in memory."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from cnnlab.datasets.base import Dataset, Split
from cnnlab.datasets.groups import class_counts, held_out_groups, shared_codes
from cnnlab.datasets.shares import class_shares, first_of_each
from cnnlab.datasets.stored import StoredImages
from cnnlab.errors import ConfigError

MEGABYTE = 1e6
ORDERS = 8  # of groups, of which the best counts

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
    stratified: bool = False,
) -> Splits:
    """Draw one repeat's splits.

    The training part, n images, is permuted at random. Its last ``n * validation_fraction`` images, rounded down, are
    for validation, and the first `train_size` of the rest (None: all of them) for training. A data set that
    brings its own validation split keeps it whole: nothing is drawn for validation then, whatever the
    fraction. The test split is the data set's own, in its order. Of each part, at most `limit` images are kept.

    Where the images have groups, whole groups are drawn for validation, as near to the fraction as they allow
    (`held_out_groups`, the best of 8 random orders); `train_size` counts images of the others. stratified: each class
    keeps its share of the validation images (with groups: as well as they allow) and of `train_size`; where a class
    has more than its share, its images are taken in the permuted order, as all are without it.

    Raises ConfigError when the numbers do not fit the data.
    """
    train, own = dataset.train, dataset.validation
    order = rng.permutation(len(train))
    labels = (
        train.labels[order] if stratified and train.labels is not None else np.zeros(len(train), np.int64)
    )
    held_out = np.zeros(len(train), bool)
    if own is None and _check_fraction(dataset, validation_fraction):
        groups = shared_codes(train.groups)
        groups = None if groups is None else groups[order]
        held_out = _held_out(labels, groups, validation_fraction, rng)
    rest, last = order[~held_out], order[held_out]
    _check_train_size(dataset, train_size, len(rest), len(last))
    if train_size is not None:
        rest = rest[first_of_each(labels[~held_out], class_shares(labels[~held_out], train_size, rng))]
    splits = Splits(
        train=_indexed(train.take(rest), rest, "train"),
        validation=_indexed(train.take(last), last, "train") if len(last) else _whole(own, "validation"),
        test=_whole(dataset.test, "test"),
    )
    return replace(splits, **{name: limited(part, limit) for name, part in splits.present().items()})


def _held_out(
    labels: np.ndarray, groups: np.ndarray | None, fraction: float, rng: np.random.Generator
) -> np.ndarray:
    """Mark the images to validate on, bool (n,), of images in the permuted order; labels are all 0 for one share."""
    n = len(labels)
    if groups is None:
        shares = class_shares(labels, share_of(n, fraction), rng)
        return first_of_each(labels[::-1], shares)[::-1]
    counts = class_counts(groups, labels)
    orders = (rng.permutation(len(counts)) for _ in range(ORDERS))
    return held_out_groups(counts, fraction, orders, "data.validation_fraction")[groups]


def limited(split: IndexedSplit, limit: int | None) -> IndexedSplit:
    """At most `limit` images of a split, evenly spaced over it, since a test set may be sorted by class."""
    if limit is None or len(split) <= limit:
        return split
    return split.take(np.arange(limit) * len(split) // limit)


def share_of(n: int, fraction: float) -> int:
    """How many of `n` images a fraction is, rounded down, but for rounding errors: 1/49 of 49 is one."""
    return int(round(n * fraction, 9))


def _check_fraction(dataset: Dataset, fraction: float) -> bool:
    """Whether training images go to validation; raises ConfigError for a fraction that is none, or less than one."""
    n = len(dataset.train)
    if not 0 <= fraction < 1:
        raise ConfigError(f"data.validation_fraction is {fraction}, expected at least 0 and less than 1.")
    if fraction > 0 and share_of(n, fraction) == 0:
        digits = len(str(n)) + 1
        least = math.ceil(10**digits / n) / 10**digits
        raise ConfigError(
            f"data.validation_fraction is {fraction}, which is less than one of the {n} training images of "
            f"'{dataset.name}': take at least {least:g}, or 0 for no validation."
        )
    return fraction > 0


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


def stratified_tail(
    labels: np.ndarray, fraction: float, groups: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Divide n labelled images by a fixed rule; return the indices (first, tail), int64, both ascending.

    Of each class, the last ``n * fraction`` images, rounded to the nearest whole (half up), go into the tail.
    It is at least one where the class has two or more, and never the whole class. A fraction of 0 gives none.
    With groups, whole groups do, from the last to the first: see `held_out_groups`.

    labels: int64, shape (n,). groups: text, shape (n,). Raises ConfigError where groups are too large.
    """
    in_tail = np.zeros(len(labels), dtype=bool)
    codes = shared_codes(groups)
    if codes is not None and fraction > 0:
        counts = class_counts(codes, labels)
        in_tail = held_out_groups(counts, fraction, [np.arange(len(counts))[::-1]], "data.test_fraction")[
            codes
        ]
        return np.flatnonzero(~in_tail), np.flatnonzero(in_tail)
    for label in np.unique(labels) if fraction > 0 else ():
        members = np.flatnonzero(labels == label)
        size = min(max(int(len(members) * fraction + 0.5), 1), len(members) - 1)
        in_tail[members[len(members) - size :]] = True
    return np.flatnonzero(~in_tail), np.flatnonzero(in_tail)
