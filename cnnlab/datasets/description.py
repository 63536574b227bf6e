"""What a person wants to know of a data set before anything is trained: ``cnnlab data check folder --path DIR``."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from cnnlab.datasets.base import Dataset, Split
from cnnlab.datasets.stored import StoredImages


@dataclass(frozen=True)
class SplitDescription:
    """One split. by_class: images of each class, in the order of their numbers; None where the labels are hidden.

    groups: how many, None where none are known. lowest, highest: of all pixel values.
    """

    images: int
    by_class: tuple[int, ...] | None
    groups: int | None
    lowest: int
    highest: int


@dataclass(frozen=True)
class DataDescription:
    """A data set in figures; color: gray or rgb, else the number of channels in words."""

    dataset: str
    source: str
    reading: str
    image_shape: tuple[int, int, int]
    color: str
    class_names: tuple[str, ...]
    positive_class: str | None
    splits: Mapping[str, SplitDescription]
    notes: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def describe_dataset(loaded: Dataset) -> DataDescription:
    """Look at all labels and images of a data set, which are read some megabytes at a time."""
    channels = loaded.info.image_shape[2]
    return DataDescription(
        loaded.name,
        loaded.source,
        loaded.reading,
        loaded.info.image_shape,
        {1: "gray", 3: "rgb"}.get(channels, f"{channels} channels"),
        loaded.info.class_names,
        loaded.info.positive_class,
        {part: _described(split, loaded.info.num_classes) for part, split in loaded.splits().items()},
        loaded.notes,
    )


def _described(split: Split, classes: int) -> SplitDescription:
    counts = None if split.labels is None else np.bincount(split.labels, minlength=classes)
    images = split.images
    blocks = images.unordered_blocks() if isinstance(images, StoredImages) else [images]
    extremes = [(int(block.min()), int(block.max())) for block in blocks]
    return SplitDescription(
        len(split),
        None if counts is None else tuple(counts.tolist()),
        None if split.groups is None else len(np.unique(split.groups)),
        min(low for low, _ in extremes),
        max(high for _, high in extremes),
    )
