"""Reading a data set by its name; what a loader returns, a person's own in particular, is checked here, once."""

from dataclasses import replace

import numpy as np

from cnnlab.datasets.arrays.pixels import value_note
from cnnlab.datasets.base import DataPlaces, Dataset, DatasetInfo, Split, dataset
from cnnlab.datasets.groups import shared_group_notes
from cnnlab.errors import DataError, shown
from cnnlab.registry import Parameters

SAMPLE = 64  # images of a file that are looked at for a note


def load_dataset(name: str, parameters: Parameters, places: DataPlaces) -> Dataset:
    """Return the data set `name`, read with checked `parameters` (an instance of its entry's model).

    Raises ConfigError for an unknown name, DataError when the data are missing or damaged.
    """
    return check_dataset(name, dataset.get(name)(places, parameters=parameters))


def dataset_info(name: str, parameters: Parameters, places: DataPlaces) -> DatasetInfo:
    """Return image shape and classes of the data set `name`, reading the data only where that is needed."""
    known = dataset.get(name).traits.get("info")
    if known is None:
        return load_dataset(name, parameters, places).info
    return known(parameters, places) if callable(known) else known


def check_dataset(name: str, loaded: object) -> Dataset:
    """Return `loaded` when it is a sound `Dataset`, with notes on values and groups that look wrong.

    Raises DataError, naming the data set, the part and what was expected, when it is not, and where a part has a
    class that no training image has.
    """
    if not isinstance(loaded, Dataset):
        raise DataError(
            f"The data set '{name}' returned {type(loaded).__name__}, expected a cnnlab.datasets.Dataset: "
            "correct its loader."
        )
    for part, split in loaded.splits().items():
        _check_images(name, part, split, loaded.info.image_shape)
        _check_labels(name, part, split, loaded.info.num_classes)
        _check_texts(name, part, split)
    notes = [note for part, split in loaded.splits().items() for note in _value_note(part, split)]
    notes += shared_group_notes(loaded.splits())
    _check_classes(name, loaded)
    return replace(loaded, notes=(*loaded.notes, *notes)) if notes else loaded


def _value_note(part: str, split: Split) -> tuple[str, ...]:
    """A sentence on values that look wrong; of images that stay in a file the first ones are looked at."""
    if isinstance(split.images, np.ndarray):
        return value_note(f"the {part} images", split.images)
    images = split.images[:SAMPLE]
    return value_note(f"the first {len(images)} {part} images", images)


def _check_classes(name: str, loaded: Dataset) -> None:
    """Raise DataError where a class is in a part, and not in train."""
    counts = {
        part: np.bincount(split.labels, minlength=loaded.info.num_classes)
        for part, split in loaded.splits().items()
        if split.labels is not None
    }
    for part, count in counts.items():
        strange = np.flatnonzero((count > 0) & (counts["train"] == 0))
        if len(strange):
            label, file = int(strange[0]), f" ({loaded.source})" if loaded.source else ""
            raise DataError(
                f"The {part} part of the data set '{name}'{file} has a class '{shown(loaded.info.class_names[label])}' "
                f"(label {label}, {count[label]} of {count.sum()} images) that the training images do not have: add "
                "such images to them, or take these out."
            )


def _check_images(name: str, part: str, split: Split, shape: tuple[int, int, int]) -> None:
    images = split.images
    if images.dtype != np.uint8 or images.shape[1:] != tuple(shape) or len(images) == 0:
        height, width, channels = shape
        raise DataError(
            f"The {part} images of the data set '{name}' are {images.dtype} of shape {images.shape}, "
            f"expected uint8 of shape (n, {height}, {width}, {channels}) with n at least 1: "
            "correct its loader or its file."
        )


def _check_labels(name: str, part: str, split: Split, classes: int) -> None:
    labels = split.labels
    if labels is None and part == "test":
        return
    if labels is None or labels.dtype != np.int64 or labels.shape != (len(split.images),):
        found = "missing" if labels is None else f"{labels.dtype} of shape {labels.shape}"
        raise DataError(
            f"The {part} labels of the data set '{name}' are {found}, expected int64 of shape "
            f"({len(split.images)},): correct its loader."
        )
    if labels.min() < 0 or labels.max() >= classes:
        raise DataError(
            f"The {part} labels of the data set '{name}' run from {labels.min()} to {labels.max()}, expected "
            f"class indices from 0 to {classes - 1}: correct its loader or its class names."
        )


def _check_texts(name: str, part: str, split: Split) -> None:
    for what, texts in (("names", split.names), ("groups", split.groups)):
        if texts is not None and (texts.dtype.kind != "U" or texts.shape != (len(split.images),)):
            raise DataError(
                f"The {part} {what} of the data set '{name}' are {texts.dtype} of shape {texts.shape}, expected texts "
                f"of shape ({len(split.images)},): correct its loader."
            )
