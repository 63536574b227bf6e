"""Images in HDF5 files, checked as they are opened; they stay on disk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, final

import numpy as np

from cnnlab.datasets.arrays.hdf5_file import (
    Choose,
    find_array,
    key_of,
    no_array,
    of_part,
    open_hdf5,
    require_storage,
)
from cnnlab.datasets.stored import ImageSource, RawSource, StoredImages, central
from cnnlab.datasets.unpack import spooled
from cnnlab.errors import DataError

SLAB_BYTES = 1 << 27  # the most that is read from a chunked file at a time
WITHOUT_CHUNKS = 256  # images read at a time where the file names no chunks
IMAGES = of_part("images", None)
LARGEST_SIDE = 10_000  # pixels


def stored_images(path: Path, crop: int | None, smallest: int, part: str | None = None) -> StoredImages:
    """Return the images of a file, which are read when indexed; `crop` keeps the central square.

    Raises DataError unless they are uint8 (n, side, side, 3) with a side of at least `smallest` and `crop`.
    """

    def check(images: Any) -> int | None:
        _check_images(path, images, crop, smallest)
        return crop

    return checked_images(path, check, of_part("images", part))


def checked_images(path: Path, check: Callable[[Any], int | None], choose: Choose = IMAGES) -> StoredImages:
    """Return the images of a file, which are read when indexed.

    `check` gets the open `h5py.Dataset`. It raises DataError unless that is uint8 of shape (n, height, width) or (n,
    height, width, channels), and returns the side of the central square that is to be kept, or None.
    `choose` says which key it is.
    """
    with open_hdf5(path) as file:
        images = find_array(path, file, "images", choose)
        if images is None:
            raise no_array(path, file, "images")
        crop = check(images)
        require_storage(path, key_of(images), images)
        offsets = _offsets(file, images)
        if offsets is not None:
            return StoredImages(RawSource(path, offsets, (*images.shape, 1)[1:4], crop))
        return StoredImages(ChunkedSource(path, images, crop))


def _check_images(path: Path, images: Any, crop: int | None, smallest: int) -> None:
    shape, key = images.shape, key_of(images)
    if images.dtype != np.uint8:
        raise DataError(f"{path}: {key} is {images.dtype}, expected uint8: bytes from 0 to 255.")
    square = len(shape) == 4 and shape[3] == 3 and shape[1] == shape[2] and shape[0] > 0
    if not square or not smallest <= shape[1] <= LARGEST_SIDE:
        raise DataError(
            f"{path}: {key} has shape {shape}, expected (n, side, side, 3) with a side of at least {smallest} pixels"
            f"{'' if not square or shape[1] < smallest else f' and at most {LARGEST_SIDE:,}'}."
        )
    if crop is not None and crop > shape[1]:
        raise DataError(
            f"{path}: the images are {shape[1]}x{shape[1]}, so data.crop can be {shape[1]} at most, got {crop}."
        )


def _offsets(file: Any, images: Any) -> np.ndarray | None:
    """Where each image begins in the file, int64 (n,); None where they do not lie there as plain bytes."""
    if file.userblock_size:
        return None
    size, count = int(np.prod(images.shape[1:])), len(images)
    if images.chunks is None:
        start = images.id.get_offset()
        return None if start is None else start + np.arange(count, dtype=np.int64) * size
    if images.chunks[1:] != images.shape[1:] or images.id.get_create_plist().get_nfilters():
        return None
    rows = images.chunks[0]
    starts = np.full(-(-count // rows), -1, np.int64)

    def note(chunk: Any) -> None:
        starts[chunk.chunk_offset[0] // rows] = chunk.byte_offset

    images.id.chunk_iter(note)
    if (starts < 0).any():  # never written: HDF5 reads zeros there
        return None
    position = np.arange(count, dtype=np.int64)
    return starts[position // rows] + position % rows * size


@final
class ChunkedSource(ImageSource):
    """Images in compressed chunks: whole chunks are read, so their own order is fast and any other is slow."""

    def __init__(self, path: Path, images: Any, crop: int | None) -> None:
        """`images` is the open `h5py.Dataset`; `crop` keeps the central square."""
        count, height, width, channels = (*images.shape, 1)[:4]
        self.path, self._key = path, images.name
        self._rows, self._columns = central(height, crop), central(width, crop)
        rows = images.chunks[0] if images.chunks else WITHOUT_CHUNKS
        self.together = max(1, min(rows, SLAB_BYTES // (height * width * channels)))
        self.shape = (count, crop or height, crop or width, channels)

    def read(self, positions: np.ndarray) -> np.ndarray:
        """Read each chunk that is needed once."""
        images = np.empty((len(positions), *self.shape[1:]), np.uint8)
        order = np.argsort(positions, kind="stable")
        slabs = positions[order] // self.together
        with open_hdf5(self.path) as file:
            for slab in np.unique(slabs):
                first, members = slab * self.together, order[slabs == slab]
                pixels = file[self._key][first : first + self.together, self._rows, self._columns]
                pixels = pixels.reshape(-1, *self.shape[1:])
                images[members] = pixels[positions[members] - first]
        return images

    def seekable(self) -> ImageSource:
        """Write the images once, cropped and uncompressed, into the user cache, and read them there."""
        everything = StoredImages(self)
        path = spooled(self.path, self.shape, everything.blocks)
        size = int(np.prod(self.shape[1:]))
        return RawSource(path, np.arange(self.shape[0], dtype=np.int64) * size, self.shape[1:])
