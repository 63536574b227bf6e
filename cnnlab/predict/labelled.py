"""Labelled images that people bring, read by the data set that reads such a folder or file for training."""

from pathlib import Path
from typing import Any

from cnnlab.datasets import DataPlaces, Dataset, DatasetInfo, Split, dataset, load_dataset
from cnnlab.datasets.arrays.hdf5_labels import stored_labels
from cnnlab.datasets.folders.picture_tree import picture_tree
from cnnlab.errors import ConfigError, DataError, counted
from cnnlab.predict.image_check import Expected
from cnnlab.predict.inputs import HDF5_SUFFIXES, open_input

FOLDER, HDF5_FOLDER = "folder", "pcam"
FILES = {".npz": "npz", ".parquet": FOLDER}
"""The data sets that read what people bring; see `cnnlab.datasets`."""


def read_labelled(path: Path, expected: Expected) -> Dataset:
    """The data set at `path`, in whatever form; all of it is the training part where it is not divided.

    Raises DataError where it cannot be read, ConfigError where it is none of the forms.
    """
    if not path.exists():
        raise DataError(f"--data: there is no file or folder {path}.")
    suffix = path.suffix.lower()
    if path.is_file() and suffix in HDF5_SUFFIXES:
        return _hdf5(path, expected)
    if path.is_dir():
        name = HDF5_FOLDER if _holds_hdf5(path) else FOLDER
    elif path.is_file() and suffix in FILES:
        name = FILES[suffix]
    else:
        raise ConfigError(
            f"--data: {path} is none of what is read here: a folder of images in class folders or with a table of "
            f"labels, or a file ({', '.join([*FILES, *HDF5_SUFFIXES])})."
        )
    model = dataset.get(name).parameters
    size = None if expected.resize is None else list(expected.resize)
    given: dict[str, Any] = {
        "path": str(path.resolve()),
        "test_fraction": 0.0,
        "image_size": size,
        "color": expected.color,
        "crop": expected.crop,
    }
    parameters = model.model_validate(
        {key: value for key, value in given.items() if key in model.model_fields}
    )
    return load_dataset(name, parameters, DataPlaces(path if name == HDF5_FOLDER else None, download=False))


def _holds_hdf5(folder: Path) -> bool:
    """Whether there are HDF5 files in the folder, however deep, and no image files."""
    tree = picture_tree(folder)
    return not tree.pictures and any(name.lower().endswith(HDF5_SUFFIXES) for name in tree.others)


def _hdf5(path: Path, expected: Expected) -> Dataset:
    """One file with images and labels 0 and 1."""
    images = open_input([path], expected).images
    labels = stored_labels(path)
    if labels is None:
        raise DataError(f"--data: {path} has images and no labels: expected them under a key such as y.")
    if len(labels) != len(images):
        raise DataError(
            f"--data: {path} holds {counted(len(images), 'image')} and {counted(len(labels), 'label')}, expected as "
            "many."
        )
    info = DatasetInfo(expected.image_shape, ("0", "1"))
    return Dataset("hdf5", path.stem, info, Split(images, labels), None, None, str(path))
