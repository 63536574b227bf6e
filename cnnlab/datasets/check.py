"""What every loader must return, a person's own in particular, checked once where data enter."""

import numpy as np

from cnnlab.datasets.base import Dataset, Split
from cnnlab.errors import DataError


def check_dataset(name: str, loaded: object) -> Dataset:
    """Return `loaded` when it is a sound `Dataset`.

    Raises DataError, naming the data set, the part and what was expected, when it is not.
    """
    if not isinstance(loaded, Dataset):
        raise DataError(
            f"The data set '{name}' returned {type(loaded).__name__}, expected a cnnlab.datasets.Dataset: "
            "correct its loader."
        )
    for part, split in loaded.splits().items():
        _check_images(name, part, split, loaded.info.image_shape)
        _check_labels(name, part, split, loaded.info.num_classes)
    return loaded


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
