"""The images that people bring: opened and checked before the first goes through a network, read as they are needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.datasets.arrays.archive import open_archive
from cnnlab.datasets.arrays.hdf5 import checked_images
from cnnlab.datasets.arrays.hdf5_file import key_of
from cnnlab.datasets.arrays.pixels import value_note
from cnnlab.datasets.arrays.spellings import images_to_predict, usual
from cnnlab.datasets.folders.listing import natural_order, pictures_in
from cnnlab.datasets.pictures.files import PictureFiles, PictureReading
from cnnlab.datasets.pictures.picture import ANY_FORMAT, SUFFIXES, whitened_note
from cnnlab.datasets.stored import StoredImages, central
from cnnlab.errors import ConfigError, DataError, first_few, shown
from cnnlab.predict.image_check import SAMPLE, Expected, check_images
from cnnlab.reading import DAMAGED_ARCHIVE

MOST_NAMED = 10
HDF5_SUFFIXES = (".h5", ".hdf5")
FORMS = f"an HDF5 file (.h5), a NumPy file (.npy, .npz), a folder of {ANY_FORMAT} images, or such images"


@dataclass(frozen=True)
class Input:
    """Images to be predicted, in order.

    images: uint8 (n, height, width, channels), in a file unless the file is a .npz. names: of image files, one for
    each; else None. notes: sentences that a person should read.
    """

    images: np.ndarray | StoredImages
    names: Sequence[str] | None = None
    notes: tuple[str, ...] = ()

    def notes_of_reading(self) -> tuple[str, ...]:
        """Sentences on what was found while the images were read."""
        source = self.images.source if isinstance(self.images, StoredImages) else None
        return whitened_note(len(source.whitened)) if isinstance(source, PictureFiles) else ()


def open_input(paths: Sequence[Path], expected: Expected) -> Input:
    """Open one file of arrays, one folder of image files, or image files one by one.

    Raises DataError, naming the file, when it is missing or unreadable or when its images are not what the network
    takes; ConfigError when `paths` do not hold such images.
    """
    for path in paths:
        if not path.exists():
            raise DataError(f"There is no file or folder {path}.")
    if len(paths) == 1 and paths[0].is_dir():
        return _folder(paths[0], expected)
    if all(path.is_file() and path.suffix.lower() in SUFFIXES for path in paths):
        return _pictures(paths, _names(paths), expected, _order_note(paths))
    if len(paths) > 1:
        odd = next(path for path in paths if path.is_dir() or path.suffix.lower() not in SUFFIXES)
        raise ConfigError(
            f"--input takes several image files, or one of anything else; {odd} is not an image file."
        )
    return _arrays(paths[0], expected)


def _folder(folder: Path, expected: Expected) -> Input:
    files, left_out = pictures_in(folder)
    if not files:
        raise DataError(f"{folder} holds no {ANY_FORMAT} image: name the folder that holds them directly.")
    note = f"Left out in {folder}: {left_out} that are not {', '.join(SUFFIXES)} files."
    return _pictures(files, [file.name for file in files], expected, (note,) if left_out else ())


def _pictures(
    files: Sequence[Path], names: Sequence[str], expected: Expected, notes: tuple[str, ...]
) -> Input:
    reading = PictureReading(expected.resize, expected.color, expected.crop)
    images = StoredImages(PictureFiles(files, expected.image_shape, reading, expected.refusal))
    return Input(images, names, (*notes, *_value_note(images)))


def _value_note(images: np.ndarray | StoredImages) -> tuple[str, ...]:
    sample = images[:SAMPLE]
    return value_note(f"the first {len(sample)} images", sample)


def _names(files: Sequence[Path]) -> list[str]:
    """The names of image files, with their folders where these alone tell two of them apart."""
    names = [file.name for file in files]
    return names if len(set(names)) == len(set(files)) else [file.as_posix() for file in files]


def _order_note(files: Sequence[Path]) -> tuple[str, ...]:
    """A note where the order given, such as a shell's for *.png, is not the one that their folder would have."""
    if [*files] == sorted(files, key=lambda file: natural_order(str(file))):
        return ()
    return (
        "The images are predicted in the order given, which is not that of the numbers in their names (2.png before "
        "10.png), in which a folder is read: the column 'file' says which is which.",
    )


def _arrays(path: Path, expected: Expected) -> Input:
    suffix = path.suffix.lower()
    if suffix in HDF5_SUFFIXES:
        images: np.ndarray | StoredImages = _hdf5(path, expected)
    elif suffix == ".npz":
        images = _npz(path, expected)
    elif suffix == ".npy":
        images = _checked(str(path), _npy(path), expected)
    elif suffix == ".gz":
        raise ConfigError(f"{path} is packed: unpack it first, as with gunzip -k.")
    else:
        raise ConfigError(f"{path} is none of what --input takes: {FORMS}.")
    return Input(images, None, _value_note(images))


def _hdf5(path: Path, expected: Expected) -> StoredImages:
    def check(images: Any) -> int | None:
        return check_images(f"{path}: {key_of(images)}", images, expected)

    return checked_images(path, check, images_to_predict)


def _npy(path: Path) -> np.ndarray:
    """Map a .npy file into memory, whose pages are read as they are needed."""
    try:
        if not path.is_file():  # opening a pipe would wait for ever
            raise OSError("it is not an ordinary file")
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except DAMAGED_ARCHIVE as error:
        text = " ".join(str(error).split()).rstrip(".")
        empty = path.is_file() and path.stat().st_size == 0
        reason = "it is empty" if empty else shown(text or type(error).__name__, 200)
        raise DataError(f"{path} cannot be read as a NumPy file: {reason}.") from None
    if not isinstance(array, np.ndarray):
        array.close()
        raise DataError(f"{path} is a NumPy archive: call it .npz.")
    return array


def _npz(path: Path, expected: Expected) -> np.ndarray:
    with open_archive(path, "Write it with numpy.savez_compressed(path, x=images).") as archive:
        keys = archive.files
        key = keys[0] if len(keys) == 1 else images_to_predict(str(path), keys)
        if key is None:
            found = first_few([shown(key) for key in keys], MOST_NAMED) or "nothing"
            raise DataError(
                f"{path} has no array of images (it has {found}), expected under a key such as {usual('images')}, or "
                "test_x: rename it, or leave the other arrays out."
            )
        return _checked(f"{path}: {key}", archive[key], expected)


def _checked(where: str, array: np.ndarray, expected: Expected) -> np.ndarray:
    crop = check_images(where, array, expected)
    images = array[..., np.newaxis] if array.ndim == 3 else array  # (n, h, w) -> (n, h, w, 1)
    _, height, width, _ = images.shape
    return images[:, central(height, crop), central(width, crop)]
