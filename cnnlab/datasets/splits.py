"""Which images train, validate and test: drawn per repeat for training, by a fixed rule for testing."""

from dataclasses import dataclass, field

import numpy as np

from cnnlab.datasets.base import Dataset, Split
from cnnlab.errors import ConfigError


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


def draw_split(
    dataset: Dataset, *, train_size: int | None, validation_fraction: float, rng: np.random.Generator
) -> Splits:
    """Draw one repeat's splits.

    The training part, n images, is permuted at random. Its last ``int(n * validation_fraction)`` images are
    for validation, and the first `train_size` of the rest (None: all of them) for training. A data set that
    brings its own validation split keeps it whole: nothing is drawn for validation then, whatever the
    fraction. The test split is the data set's own, in its order.

    Raises ConfigError when the numbers do not fit the data.
    """
    train = dataset.train
    drawn = 0 if dataset.validation is not None else _validation_size(dataset, validation_fraction)
    available = len(train) - drawn
    _check_train_size(dataset, train_size, available, drawn)
    order = rng.permutation(len(train))
    chosen = order[: available if train_size is None else train_size]
    last = order[available:]
    validation = _whole(dataset.validation, "validation")
    if validation is None and drawn:
        validation = _indexed(train.take(last), last, "train")
    return Splits(
        train=_indexed(train.take(chosen), chosen, "train"),
        validation=validation,
        test=_whole(dataset.test, "test"),
    )


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
    return IndexedSplit(split.images, split.labels, split.names, indices=indices, origin=origin)


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
