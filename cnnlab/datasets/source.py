"""One description of where images come from: which files, what labels, which split, which group, which class order.

Whatever finds data (class folders, a table of labels, arrays) says what it found as a `DataSource`, with the labels as
they are written there. `make_dataset` makes the data set of it: which classes there are, in which order, and
their numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cnnlab.datasets.arrays.pixels import MOST_CLASSES
from cnnlab.datasets.base import Dataset, DatasetInfo, Split
from cnnlab.datasets.class_order import ClassOrder, class_order
from cnnlab.datasets.splits import stratified_tail
from cnnlab.datasets.stored import StoredImages
from cnnlab.errors import DataError, counted, first_few, shown

PARTS = ("train", "validation", "test")
MOST_NAMED = 5
Images = np.ndarray | StoredImages


@dataclass(frozen=True)
class SourcePart:
    """The images of one part and what is known of each, in one order.

    images: image files, yet to be read; or uint8 (n, height, width, channels).
    labels: as they are written, shape (n,), text or whole numbers; None where they are hidden.
    names, groups: text, shape (n,); see `Split`.
    """

    images: Sequence[Path] | Images
    labels: np.ndarray | None = None
    names: np.ndarray | None = None
    groups: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.images)

    def take(self, indices: np.ndarray) -> "SourcePart":
        """Return what stands at `indices`, int64, in that order."""
        if isinstance(self.images, np.ndarray):
            images: Sequence[Path] | Images = self.images[indices]
        elif isinstance(self.images, StoredImages):
            images = self.images.take(indices)
        else:
            images = [self.images[index] for index in indices.tolist()]
        rest = (None if each is None else each[indices] for each in (self.labels, self.names, self.groups))
        return SourcePart(images, *rest)


@dataclass(frozen=True)
class DataSource:
    """What was found at `path`.

    parts: by name: train, and where they exist validation and test.
    reading: a sentence: what is there, and how it was read.
    class_names: all the classes in their order, where the source says so; labels are then these names, or numbers that
        count them from 0 (or from 1, where none is 0). None: the classes are the labels found.
    notes: sentences that every report must carry, such as on what was left out.
    """

    path: Path
    parts: Mapping[str, SourcePart]
    reading: str
    class_names: tuple[str, ...] | None = None
    notes: tuple[str, ...] = field(default=())


FileReader = Callable[[Sequence[Path]], tuple[Images, tuple[str, ...]]]
"""Gives the images of files, one for each, in that order, and sentences on them."""


def make_dataset(
    source: DataSource,
    name: str,
    *,
    title: str,
    classes: Sequence[str | int] | None = None,
    positive: str | int | None = None,
    test_fraction: float = 0.0,
    read_files: FileReader | None = None,
) -> Dataset:
    """Return the data set that a source describes, labels as class numbers.

    classes: which classes count, in their order; images of others are left out, with a note. None: all, in natural
        order of their names, numbers by value. positive: which of two classes is class 1.
    test_fraction: how much of each class becomes the test part where there is none: its last images.
    read_files: reads image files, where the source's images are such.

    Raises DataError where labels, classes and images do not fit together.
    """
    _require_lengths(source)
    order = class_order(source.path, _labels(source), source.class_names, classes, positive)
    parts = {part: _chosen(source.parts[part], order) for part in PARTS if part in source.parts}
    left_out = sum(map(len, source.parts.values())) - sum(map(len, parts.values()))
    empty = [part for part, found in parts.items() if len(found) == 0]
    if empty or "train" not in parts:
        raise DataError(
            f"{source.path} holds no image of the {(*empty, 'train')[0]} part{' of these classes' if classes else ''}. "
            f"{source.reading}"
        )
    images, notes = _read(parts, read_files)
    splits = {part: _split(found, images[part], order) for part, found in parts.items()}
    _require_one_shape(source, splits)
    train, test, reading = splits["train"], splits.get("test"), source.reading
    if test is None and test_fraction > 0 and train.labels is not None:
        first, tail = stratified_tail(train.labels, test_fraction, train.groups)
        train, test = train.take(first), (train.take(tail) if len(tail) else None)
        reading += " Of each class the last images, or groups, are the test part (test_fraction)."
    height, width, channels = train.images.shape[1:]
    return Dataset(
        name=name,
        title=title,
        info=DatasetInfo((height, width, channels), order.names),
        train=train,
        validation=splits.get("validation"),
        test=test,
        source=str(source.path),
        notes=(*source.notes, *order.notes, *_left_out_note(left_out, order), *notes),
        reading=reading,
    )


def _require_lengths(source: DataSource) -> None:
    for part, found in source.parts.items():
        if found.labels is None and part != "test":
            raise DataError(
                f"{source.path}: the {part} images have no labels; only test images may be without. {source.reading}"
            )
        if found.labels is not None and len(found.labels) != len(found):
            raise DataError(
                f"{source.path}: the {part} part has {counted(len(found), 'image')} and "
                f"{counted(len(found.labels), 'label')}, expected as many: bring together what belongs together."
            )


def _labels(source: DataSource) -> list[str | int]:
    """All different labels of all parts, in no order; raises DataError where they are too many to be classes."""
    found: set[str | int] = set()
    for part in source.parts.values():
        found.update(() if part.labels is None else np.unique(part.labels).tolist())
    if len(found) > MOST_CLASSES:
        raise DataError(
            f"{source.path} has {len(found):,} different labels, expected at most {MOST_CLASSES:,} classes. "
            f"{source.reading}"
        )
    if len({type(label) for label in found}) > 1:
        texts = sorted(label for label in found if isinstance(label, str))
        raise DataError(
            f"{source.path}: some parts have numbers as labels and others text "
            f"({first_few([shown(each) for each in texts], MOST_NAMED)}), expected one kind in all parts: write them "
            "alike."
        )
    return list(found)


def _chosen(part: SourcePart, order: ClassOrder) -> SourcePart:
    """The images whose class counts."""
    if part.labels is None or not order.left_out:
        return part
    return part.take(np.flatnonzero(order.indices(part.labels) >= 0))


def _left_out_note(count: int, order: ClassOrder) -> tuple[str, ...]:
    if not count:
        return ()
    others = [shown(label) for label in order.left_out]
    return (
        f"{counted(count, 'image')} of {counted(len(others), 'other class', 'other classes')} "
        f"{'was' if count == 1 else 'were'} left out, as `classes` says: {first_few(others, MOST_NAMED)}.",
    )


def _read(
    parts: Mapping[str, SourcePart], read_files: FileReader | None
) -> tuple[dict[str, Images], tuple[str, ...]]:
    """The images of each part; those that are files are read together, in the order of the parts."""
    files = {part: found.images for part, found in parts.items() if isinstance(found.images, Sequence)}
    images = {part: found.images for part, found in parts.items() if not isinstance(found.images, Sequence)}
    if not files:
        return images, ()
    assert read_files is not None
    everything, notes = read_files([file for each in files.values() for file in each])
    start = 0
    for part, each in files.items():
        stop = start + len(each)
        images[part] = (
            everything.take(np.arange(start, stop))
            if isinstance(everything, StoredImages)
            else everything[start:stop]
        )
        start = stop
    return images, notes


def _split(part: SourcePart, images: Images, order: ClassOrder) -> Split:
    labels = None if part.labels is None else order.indices(part.labels)
    return Split(images, labels, part.names, part.groups)


def _require_one_shape(source: DataSource, splits: Mapping[str, Split]) -> None:
    shape = splits["train"].images.shape[1:]
    for part, split in splits.items():
        if split.images.shape[1:] != shape:
            raise DataError(
                f"{source.path}: the {part} images have shape {split.images.shape[1:]} and those of train {shape} "
                "(height, width, channels), expected one shape: bring all to the same size."
            )
