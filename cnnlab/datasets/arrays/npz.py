"""A person's own images in a NumPy archive."""

import difflib
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from cnnlab.config_paths import ConfigPath
from cnnlab.datasets.arrays.archive import array_shapes, open_archive
from cnnlab.datasets.arrays.label_arrays import (
    LONGEST,
    as_text,
    group_texts,
    labels_as_written,
    require_no_gap,
)
from cnnlab.datasets.arrays.pixels import MOST_CLASSES, divided_by_255, images_as_bytes
from cnnlab.datasets.arrays.spellings import KINDS, Spelling, array_of, by_meaning, spelling
from cnnlab.datasets.base import DataPlaces, Dataset, dataset
from cnnlab.datasets.locate import own_data
from cnnlab.datasets.source import PARTS, DataSource, SourcePart, make_dataset
from cnnlab.errors import DataError, counted, first_few, shown

ADVICE = "Write it with numpy.savez_compressed(path, x_train=..., y_train=..., x_test=..., y_test=...)."
USUAL = tuple(
    f"{letter}_{part}" for part in ("train", "val", "valid", "validation", "test") for letter in "xy"
)
TEST_FRACTION = 0.2  # where the arrays name no parts
MOST_NAMED = 10

Keys = Mapping[Spelling, str]
Arrays = Mapping[str, np.ndarray]
ClassName = Annotated[str, Field(min_length=1, max_length=LONGEST)] | int


@dataset(title="your own arrays", note="parameters: path, to a .npz file with x_train, y_train, ...")
def npz(
    places: DataPlaces,
    *,
    path: ConfigPath,
    test_fraction: Annotated[float, Field(ge=0, lt=1)] | None = None,
    classes: Annotated[list[ClassName], Field(min_length=2)] | None = None,
    positive: ClassName | None = None,
) -> Dataset:
    """Your own images, from a NumPy archive (.npz) with x_train, y_train and, if you have them, more.

    The names of the arrays are those that people use: x_train, trainX, train_images, Y_val, test_labels. Where they
    name no part (x, y; images, labels; data, target), some of each class become the test part. Test images without
    labels count as hidden. An array such as group_train or patient_test keeps images of one patient together.
    A `class_names` array of text names the classes.

    Images: (n, height, width) or (n, height, width, channels), all of one type and size, values of a byte:
    uint8; or other integers from 0 to 255; or floats that are whole numbers from 0 to 255; or floats that are
    such numbers divided by 255 (when none in x_train is above 1). Other values are refused, since rounding
    them would change the data without a word.

    Labels: whole numbers or text, (n,) or (n, 1), or one-hot rows, (n, classes). Classes are taken in the order of
    the numbers or names. Numbers with a gap need `classes`, class_names or one-hot rows, which say what is meant.

    Parameters:
        path: the file; a relative path counts from the config's folder. Nothing in it is unpickled. Where it has
            been moved since, --data-dir names its new folder, or the file.
        test_fraction: how much of each class becomes the test part where there is none: its last images; 0 means no
            test part. null: 0.2 where the arrays name no part, 0 where they do.
        classes: the classes in their order, by name or number; images of others are left out. null: all.
        positive: which of two classes is class 1, the positive one. null: the second.
    """
    path = own_data(path, places, folder=False)
    with open_archive(path, ADVICE) as archive:
        keys = _keys(path, archive.files)
        _check_sizes(path, keys, array_shapes(archive))
        arrays = {key: archive[key] for key in keys.values()}
    source = _source(path, keys, arrays, gaps=classes is not None)
    if test_fraction is None:
        test_fraction = TEST_FRACTION if Spelling("images", None) in keys else 0.0
    return make_dataset(
        source, "npz", title=path.stem, classes=classes, positive=positive, test_fraction=test_fraction
    )


def _keys(path: Path, files: list[str]) -> Keys:
    """The arrays that are read, by what they hold.

    Raises DataError unless there are images and labels to train on, and where a name is misspelt or there twice.
    """
    keys = by_meaning(str(path), files)
    for key in files:
        near = difflib.get_close_matches(key.lower(), USUAL, n=1)
        if near and key[1:2] == "_" and spelling(key) is None:
            raise DataError(
                f"{path} has an array {shown(key)}, whose name says nothing (did you mean {near[0]}?): rename it."
            )
    for kind in ("images", "labels"):
        if _key(path, keys, kind, "train") is None:
            there = first_few([shown(key) for key in files], MOST_NAMED) or "nothing"
            raise DataError(f"{path} has no array of {kind} to train on; it has {there}. {ADVICE}")
    return keys


def _key(path: Path, keys: Keys, kind: str, part: str) -> str | None:
    """The name of an array of a part; one that names no part is of the training part."""
    return (
        array_of(str(path), keys.values(), kind, part) if part == "train" else keys.get(Spelling(kind, part))
    )


def _check_sizes(path: Path, keys: Keys, found: dict[str, tuple[tuple[int, ...], np.dtype]]) -> None:
    """Raise DataError, before any array is read, where labels, groups or names are too large to be such."""
    first = {key: (*found[key][0], 0)[0] for key in keys.values()}
    labels = sum(first[key] for says, key in keys.items() if says.kind == "labels")
    images = sum(first[key] for says, key in keys.items() if says.kind == "images")
    classes = min(labels, MOST_CLASSES)
    most = {"labels": labels * classes, "groups": images, "class names": classes}
    for says, key in keys.items():
        shape, dtype = found[key]
        if says.kind in most and (math.prod(shape) > most[says.kind] or dtype.itemsize > 4 * LONGEST):
            raise DataError(
                f"{path}: {shown(key)} is {shown(dtype)} of shape {shown(shape)}, which is more than {labels} labels "
                "can have: store one whole number or short text for each image, and a short name for each class."
            )


def _source(path: Path, keys: Keys, arrays: Arrays, *, gaps: bool) -> DataSource:
    """What the arrays hold; `gaps` between numbers of classes are refused unless they are meant."""
    named = [key for part in PARTS if (key := _key(path, keys, "images", part)) is not None]
    fractions = divided_by_255({f"{path}: {key}": arrays[key] for key in named})
    columns: set[int] = set()
    parts = {
        part: found
        for part in PARTS
        if (found := _part(path, keys, arrays, part, fractions, columns)) is not None
    }
    names = _class_names(path, keys, arrays) or _numbered(columns)
    if names is None and not gaps:
        require_no_gap(str(path), [part.labels for part in parts.values() if part.labels is not None])
    reading = "; ".join(
        f"{part} from {', '.join(shown(key) for kind in KINDS if (key := _key(path, keys, kind, part)) is not None)}"
        for part in parts
    )
    return DataSource(path, parts, f"{path.name}: {reading}.", names)


def _part(
    path: Path, keys: Keys, arrays: Arrays, part: str, fractions: bool, columns: set[int]
) -> SourcePart | None:
    """One part; the number of columns of one-hot labels joins `columns`."""
    x, y, group = (_key(path, keys, kind, part) for kind in ("images", "labels", "groups"))
    if x is None:
        if y is not None:
            raise DataError(f"{path} has {y} but no images for it: add x_{part}, or take {y} out.")
        return None
    first = _key(path, keys, "images", "train")
    assert first is not None
    if arrays[x].dtype != arrays[first].dtype:
        raise DataError(
            f"{path}: {x} is {arrays[x].dtype} and {first} {arrays[first].dtype}: store both as the same type, best "
            "uint8, so that their values mean the same."
        )
    images = images_as_bytes(f"{path}: {x}", arrays[x], fractions)
    if y is None and part != "test":
        raise DataError(
            f"{path} has {x} but no labels for it: add y_{part}; only a test part may go without."
        )
    labels, hot = (None, None) if y is None else labels_as_written(f"{path}: {y}", arrays[y])
    columns.update([] if hot is None else [hot])
    groups = None if group is None else group_texts(f"{path}: {group}", arrays[group])
    for key, values in ((y, labels), (group, groups)):
        if values is not None and len(values) != len(images):
            raise DataError(
                f"{path}: {x} holds {counted(len(images), 'image')} and {key} {len(values):,} values, expected as "
                "many: write the file again from arrays that belong together."
            )
    return SourcePart(images, labels, groups=groups)


def _numbered(columns: set[int]) -> tuple[str, ...] | None:
    """The classes of one-hot rows, called by their numbers."""
    return tuple(map(str, range(max(columns)))) if columns else None


def _class_names(path: Path, keys: Keys, arrays: Arrays) -> tuple[str, ...] | None:
    key = keys.get(Spelling("class names", None))
    if key is None:
        return None
    given = arrays[key]
    if given.dtype.kind not in "SU" or given.ndim != 1:
        raise DataError(
            f"{path}: {key} is {given.dtype} of shape {given.shape}, expected different texts, one for each class: "
            "correct it or leave it out."
        )
    return tuple(as_text(given).tolist())
