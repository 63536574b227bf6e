"""MNIST, all of it: found where people keep it, else downloaded as Keras does; checked to the last byte."""

import hashlib
from pathlib import Path

import numpy as np

from cnnlab.datasets.arrays.archive import open_archive
from cnnlab.datasets.base import DataPlaces, Dataset, DatasetInfo, Split, dataset
from cnnlab.datasets.fetch import FetchError, RemoteFile, fetch, missing_message
from cnnlab.datasets.locate import (
    MissingDirectoryError,
    cache_directory,
    find_file,
    keras_directory,
    search_directories,
)
from cnnlab.errors import DataError, shown

MNIST_INFO = DatasetInfo(image_shape=(28, 28, 1), class_names=tuple("0123456789"))

REMOTE = RemoteFile(
    filename="mnist.npz",
    url="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
    sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    size=11_490_434,
)

# Name: (shape, SHA-256 of the array's bytes in C order), since files differ in their compression.
ARRAYS: dict[str, tuple[tuple[int, ...], str]] = {
    "x_train": ((60000, 28, 28), "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757"),
    "y_train": ((60000,), "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13"),
    "x_test": ((10000, 28, 28), "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161"),
    "y_test": ((10000,), "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5"),
}

ADVICE = (
    "Take it away, so that the right file is fetched, or name another with --data-dir, or add --bundled; "
    "your own arrays are read with the data set 'npz'."
)


def find_mnist(places: DataPlaces) -> Path | None:
    """Return the `mnist.npz` that `mnist` would read, or None where it would have to download it."""
    return find_file(places, "mnist", REMOTE.filename, also=[keras_directory()])


@dataset(
    info=MNIST_INFO,
    own_validation=False,
    bundled="mnist10k",
    title="MNIST",
    size="60,000 + 10,000 images, 28x28x1",
    find=find_mnist,
    note="downloaded when first used (11 MB)",
    remote={"all": (REMOTE,)},
    licence="MNIST by Y. LeCun, C. Cortes and C. J. C. Burges, licence CC BY-SA 3.0",
)
def mnist(places: DataPlaces) -> Dataset:
    """MNIST: 60,000 training and 10,000 test images of handwritten digits, 28x28, grey.

    Read from `mnist.npz` in the data directory D (``--data-dir``, ``$CNNLAB_DATA``, else the user cache), in
    D/mnist or in Keras' own folder (``~/.keras/datasets``); else downloaded into the user cache. The content
    is checked by hash, so every source gives the same bytes in the same order.

    Source: LeCun, Cortes and Burges; licence CC BY-SA 3.0.
    """
    path = _obtain(places)
    arrays = read_mnist(path)
    return Dataset(
        name="mnist",
        title="MNIST",
        info=MNIST_INFO,
        train=_split(arrays, "train"),
        validation=None,
        test=_split(arrays, "test"),
        source=str(path),
    )


def _split(arrays: dict[str, np.ndarray], part: str) -> Split:
    images = arrays[f"x_{part}"][..., np.newaxis]  # (n, 28, 28) -> (n, 28, 28, 1)
    return Split(images, arrays[f"y_{part}"].astype(np.int64))


def _obtain(places: DataPlaces) -> Path:
    """Return the path of an `mnist.npz`, fetched into the user cache where none is found.

    Raises DataError, with all that a person can do about it, where there is none to be had.
    """
    folder = cache_directory() / "mnist"
    try:
        found = find_mnist(places)
        if found is None and not places.download:
            raise FetchError("downloading is switched off")
        return found or fetch(REMOTE, folder)
    except (FetchError, MissingDirectoryError) as error:
        searched = search_directories(places, "mnist", also=[keras_directory()])
        by_hand = folder if places.explicit is None else places.explicit
        raise DataError(missing_message("mnist", REMOTE, searched, by_hand, str(error))) from None


def read_mnist(path: Path) -> dict[str, np.ndarray]:
    """Return the four arrays of an `mnist.npz`, uint8, shapes as in `ARRAYS`.

    Raises DataError, naming the file and what differs, for anything that is not MNIST to the last byte.
    """
    with open_archive(path, ADVICE) as archive:
        return {key: _checked(path, key, archive) for key in ARRAYS}


def _checked(path: Path, key: str, file: np.lib.npyio.NpzFile) -> np.ndarray:
    shape, expected = ARRAYS[key]
    if key not in file.files:
        raise _damaged(path, f"it has no array {key} (it has {', '.join(map(shown, file.files)) or 'none'})")
    array = file[key]
    if array.shape != shape or array.dtype != np.uint8:
        raise _damaged(
            path, f"{key} is {array.dtype} of shape {array.shape}, expected uint8 of shape {shape}"
        )
    if hashlib.sha256(np.ascontiguousarray(array).data).hexdigest() != expected:
        raise _damaged(path, f"the bytes of {key} are not those of MNIST (its SHA-256 differs)")
    return array


def _damaged(path: Path, difference: str) -> DataError:
    return DataError(f"{path} is not MNIST: {difference}. {ADVICE}")
