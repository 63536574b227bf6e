"""The images of a list of files as a data set has them: a few in memory, many in the user cache."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from cnnlab.datasets.pictures.cache import kept_pictures
from cnnlab.datasets.pictures.files import PictureFiles, PictureReading, file_stamps
from cnnlab.datasets.pictures.picture import quiet, whitened_note
from cnnlab.datasets.progress import progress
from cnnlab.datasets.stored import StoredImages
from cnnlab.errors import DataError, RunError

AS_THEY_ARE = PictureReading()
FEW_BYTES = 64_000_000  # read within seconds
OPENING_BYTES = 16_000  # opening a file takes about as long as reading so many bytes of one


def read_pictures(
    files: Sequence[Path], root: Path, reading: PictureReading = AS_THEY_ARE
) -> tuple[np.ndarray | StoredImages, tuple[str, ...]]:
    """Return the images of `files`, at least one, uint8 (n, height, width, channels), and sentences on them.

    root: the folder that they lie in.

    A few are read at once; of many a copy is kept in the user cache, which later calls find, and which is read when
    they are needed. Where there can be none, they are read from their files then. Raises DataError, naming the first
    file that cannot be read, or that has not the shape of the first.
    """
    stamps = file_stamps(files)
    with quiet():
        shape = reading.read(files[0]).pixels.shape
    if reading.crop is not None and shape[:2] != (reading.crop, reading.crop):
        raise DataError(
            f"{files[0]} is {_described(shape)}, so data.crop can be {min(shape[:2])} at most, got {reading.crop}."
        )
    source = PictureFiles(files, shape, reading, partial(_refusal, files[0], shape))
    effort = int(stamps[:, 0].sum()) + OPENING_BYTES * len(files)
    if max(effort, int(np.prod(source.shape, dtype=np.int64))) <= FEW_BYTES:
        return source.read(np.arange(len(files))), whitened_note(len(source.whitened))
    try:
        kept = kept_pictures(source, root, stamps)
    except RunError as error:
        return _unkept(source, root), (*whitened_note(len(source.whitened)), _unkept_note(root, error))
    return kept.images, whitened_note(kept.whitened)


def _unkept(source: PictureFiles, root: Path) -> StoredImages:
    """The images, which stay in their files; all are read once, so that what is wrong shows before training does."""
    images = StoredImages(source)
    done = 0
    with progress("Reading", f"images of {root.name}", images.nbytes) as show:
        for block in images.blocks():
            done += block.nbytes
            show(done)
    return images


def _unkept_note(root: Path, error: RunError) -> str:
    return (
        f"The images of {root} are read from their files whenever they are needed, which takes longer than from a copy "
        f"in the user cache: {error}"
    )


def _refusal(model: Path, expected: tuple[int, ...], file: Path, shape: tuple[int, ...]) -> str:
    """Say that `file` is of another shape than `model`, the first."""
    return (
        f"{file} is {_described(shape)} and {model} {_described(expected)}, expected all alike: give the data set "
        "image_size: [height, width] and color: gray or rgb to bring them together."
    )


def _described(shape: tuple[int, ...]) -> str:
    return f"{shape[0]}x{shape[1]} {'gray' if shape[2] == 1 else 'rgb'}"
