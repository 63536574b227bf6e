"""A person's own images in a NumPy archive."""

import difflib
import math
from pathlib import Path

import numpy as np

from cnnlab.config_paths import ConfigPath
from cnnlab.datasets.archive import array_shapes, open_archive
from cnnlab.datasets.arrays import MOST_CLASSES, class_indices, divided_by_255, images_as_bytes
from cnnlab.datasets.base import DataPlaces, Dataset, DatasetInfo, Split, dataset
from cnnlab.datasets.locate import own_data
from cnnlab.errors import DataError, counted, shown

ADVICE = "Write it with numpy.savez_compressed(path, x_train=..., y_train=..., x_test=..., y_test=...)."
MOST_NAME_BYTES = 4_000  # of one class name, as NumPy stores it: 1,000 characters
SPELLINGS = {"train": ("train",), "validation": ("validation", "valid", "val"), "test": ("test",)}
KEYS = tuple(f"{letter}_{spelling}" for each in SPELLINGS.values() for spelling in each for letter in "xy")


@dataset(title="your own arrays", note="parameters: path, to a .npz file with x_train, y_train, ...")
def npz(places: DataPlaces, *, path: ConfigPath) -> Dataset:
    """Your own images, from a NumPy archive (.npz) with x_train, y_train and, if you have them, more.

    Optional: x_validation and y_validation (or x_val, x_valid), x_test and y_test. Without labels, the test
    images count as hidden test data. A `class_names` array of text names the classes; else they are numbers.

    Images: (n, height, width) or (n, height, width, channels), all of one type and size, values of a byte:
    uint8; or other integers from 0 to 255; or floats that are whole numbers from 0 to 255; or floats that are
    such numbers divided by 255 (when none in x_train is above 1). Other values are refused, since rounding
    them would change the data without a word.

    Labels: class indices from 0 without a gap, (n,) or (n, 1), or one-hot rows, (n, classes). A class without
    images needs class_names or one-hot rows, which say that it is meant.

    Parameters:
        path: the file; a relative path counts from the config's folder. Nothing in it is unpickled. Where it has
            been moved since, --data-dir names its new folder, or the file.
    """
    path = own_data(path, places, folder=False)
    with open_archive(path, ADVICE) as archive:
        _check_keys(path, archive.files)
        _check_sizes(path, array_shapes(archive))
        arrays = {key: archive[key] for key in archive.files if key in (*KEYS, "class_names")}
    images = {f"{path}: {key}": arrays[key] for key in KEYS if key in arrays and key[0] == "x"}
    fractions = divided_by_255(images)
    splits = {
        part: split for part in SPELLINGS if (split := _split(path, arrays, part, fractions)) is not None
    }
    return Dataset(
        name="npz",
        title=path.stem,
        info=_info(path, arrays, splits),
        train=splits["train"],
        validation=splits.get("validation"),
        test=splits.get("test"),
        source=str(path),
    )


def _check_keys(path: Path, files: list[str]) -> None:
    """Raise DataError unless x_train and y_train are there and no name is misspelt or there twice."""
    for key in ("x_train", "y_train"):
        if key not in files:
            raise DataError(
                f"{path} has no array {key}; it has {', '.join(map(shown, files)) or 'none'}. {ADVICE}"
            )
    for key in files:
        if key.startswith(("x_", "y_")) and key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise DataError(f"{path} has an array {shown(key)}{hint}; expected names are {', '.join(KEYS)}.")


def _check_sizes(path: Path, found: dict[str, tuple[tuple[int, ...], np.dtype]]) -> None:
    """Raise DataError, before any array is read, where labels or class names are too large to be such."""
    labels = sum(shape[0] for key, (shape, _) in found.items() if key.startswith("y_") and shape)
    classes = min(labels, MOST_CLASSES)
    largest = dict.fromkeys([key for key in KEYS if key[0] == "y"], labels * classes) | {
        "class_names": classes
    }
    for key, most in largest.items():
        shape, dtype = found.get(key, ((), np.dtype(np.uint8)))
        if shape and (math.prod(shape) > most or dtype.itemsize > MOST_NAME_BYTES):
            raise DataError(
                f"{path}: {key} is {shown(dtype)} of shape {shown(shape)}, which is more than {labels} labels can "
                "have: store class indices 0, 1, 2, ... of shape (n,), and a short name for each class."
            )


def _split(path: Path, arrays: dict[str, np.ndarray], part: str, fractions: bool) -> Split | None:
    x, y = _one(path, arrays, part, "x"), _one(path, arrays, part, "y")
    if x is None and y is None:
        return None
    if x is None:
        raise DataError(f"{path} has {y} but no images for it: add x_{part}, or take {y} out.")
    if arrays[x].dtype != arrays["x_train"].dtype:
        raise DataError(
            f"{path}: {x} is {arrays[x].dtype} and x_train {arrays['x_train'].dtype}: store both as the same "
            "type, best uint8, so that their values mean the same."
        )
    images = images_as_bytes(f"{path}: {x}", arrays[x], fractions)
    if y is None and part != "test":
        raise DataError(
            f"{path} has {x} but no labels for it: add y_{part}; only a test part may go without."
        )
    if y is None:
        return Split(images, None)
    labels = class_indices(f"{path}: {y}", arrays[y])
    if len(labels) != len(images):
        raise DataError(
            f"{path}: {x} holds {counted(len(images), 'image')} and {y} {counted(len(labels), 'label')}, "
            "expected as many: write the file again from arrays that belong together."
        )
    return Split(images, labels)


def _one(path: Path, arrays: dict[str, np.ndarray], part: str, letter: str) -> str | None:
    """Return the name under which the images ("x") or labels ("y") of a part are stored, or None."""
    found = [f"{letter}_{word}" for word in SPELLINGS[part] if f"{letter}_{word}" in arrays]
    if len(found) > 1:
        raise DataError(f"{path} has both {' and '.join(found)}, expected one of them: take the other out.")
    return found[0] if found else None


def _info(path: Path, arrays: dict[str, np.ndarray], splits: dict[str, Split]) -> DatasetInfo:
    shape = splits["train"].images.shape[1:]
    for part, split in splits.items():
        if split.images.shape[1:] != shape:
            raise DataError(
                f"{path}: the {part} images have shape {split.images.shape[1:]} and those of x_train {shape} "
                "(height, width, channels), expected one shape: bring all to the same size."
            )
    labels = [split.labels for split in splits.values() if split.labels is not None]
    one_hot = [y.shape[1] for key, y in arrays.items() if key[0] == "y" and y.ndim == 2]
    classes = max(max(int(y.max()) for y in labels) + 1, *one_hot, 0)
    count = sum(map(len, labels))
    if not 2 <= classes <= count:
        raise DataError(
            f"{path}: the largest label is {classes - 1} among {count} labels; expected at least two classes, "
            "numbered 0, 1, 2, ...: number them so."
        )
    given = arrays.get("class_names")
    if given is None and max(one_hot, default=0) < classes:
        _require_each_class(path, labels, classes)
    return DatasetInfo((shape[0], shape[1], shape[2]), _class_names(path, given, classes))


def _require_each_class(path: Path, labels: list[np.ndarray], classes: int) -> None:
    """Raise DataError where numbers of classes are left out, which nothing but the largest label says there are."""
    counts = sum(np.bincount(y, minlength=classes) for y in labels)
    absent = np.flatnonzero(np.equal(counts, 0))
    if len(absent):
        raise DataError(
            f"{path}: the labels go up to {classes - 1}, and none is {absent[0]}; expected the classes 0, 1, 2, ... "
            "without a gap: number them so (numpy.unique(y, return_inverse=True)[1]), or name all of them in an array "
            "class_names."
        )


def _class_names(path: Path, given: np.ndarray | None, classes: int) -> tuple[str, ...]:
    if given is None:
        return tuple(str(label) for label in range(classes))
    if given.dtype.kind != "U" or given.shape != (classes,) or len(set(given.tolist())) != classes:
        raise DataError(
            f"{path}: class_names is {given.dtype} of shape {given.shape}, expected {classes} different "
            "texts, one for each class: correct it or leave it out."
        )
    return tuple(given.tolist())
