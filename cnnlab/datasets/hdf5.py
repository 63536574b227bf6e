"""Images and labels in HDF5 files, checked as they are opened; images stay on disk."""

import contextlib
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, final

import numpy as np

from cnnlab.datasets.damage import GZIP, starts_with, wrong_kind
from cnnlab.datasets.stored import ImageSource, RawSource, StoredImages, central
from cnnlab.datasets.unpack import gigabytes, spooled
from cnnlab.errors import DataError, shown

SLAB_BYTES = 1 << 27  # the most that is read from a chunked file at a time
WITHOUT_CHUNKS = 256  # images read at a time where the file names no chunks
MOST_IMAGES = (
    100_000_000  # a file that claims more is damaged, and would fill the memory with positions alone
)
LARGEST_SIDE = 10_000  # pixels
UNCHECKED_BYTES = 100_000_000  # arrays of no more may be sparse
MOST_COMPRESSION = 1100  # a little more than gzip's largest factor
MOST_CHUNK_BYTES = 1 << 29
COPY = "copy the data into it, as with h5repack or with h5py"
CONTENT = {"x": "images", "y": "labels"}
# Whatever h5py raises where the bytes of a file make no sense.
_DAMAGE = (
    *(OSError, RuntimeError, ValueError, TypeError),
    *(KeyError, IndexError, OverflowError, MemoryError),
)


@contextlib.contextmanager
def open_hdf5(path: Path) -> Iterator[Any]:
    """Yield the open `h5py.File`; raises DataError, saying what is wrong, where it cannot be read."""
    import h5py

    reason = wrong_kind(path)
    if reason is not None:
        raise DataError(f"{path} cannot be read: {reason}.")
    try:
        with h5py.File(path, "r") as file:
            yield file
    except _DAMAGE as error:
        raise DataError(f"{path} cannot be read: {_reason(path, str(error))}.") from None


def _reason(path: Path, text: str) -> str:
    if "truncated" in text:
        return f"it is truncated ({path.stat().st_size:,} bytes are there, more are missing)"
    if starts_with(path, GZIP):
        return "it is packed by gzip, though its name does not end in .gz (rename it)"
    if "signature not found" in text:
        return "it is not an HDF5 file"
    return f"it is damaged ({shown(' '.join(text.split()) or 'it makes no sense', 200)})"


def stored_images(path: Path, crop: int | None, smallest: int) -> StoredImages:
    """Return the images under the key ``x``, which are read when indexed; `crop` keeps the central square.

    Raises DataError unless they are uint8 (n, side, side, 3) with a side of at least `smallest` and `crop`.
    """

    def check(images: Any) -> int | None:
        _check_images(path, images, crop, smallest)
        return crop

    return checked_images(path, check)


def checked_images(path: Path, check: Callable[[Any], int | None]) -> StoredImages:
    """Return the images under the key ``x``, which are read when indexed.

    `check` gets the open `h5py.Dataset`. It raises DataError unless that is uint8 of shape (n, height, width) or (n,
    height, width, channels), and returns the side of the central square that is to be kept, or None.
    """
    with open_hdf5(path) as file:
        images = _array(path, file, "x")
        crop = check(images)
        _require_storage(path, "x", images)
        offsets = _offsets(file, images)
        if offsets is not None:
            return StoredImages(RawSource(path, offsets, (*images.shape, 1)[1:4], crop))
        return StoredImages(ChunkedSource(path, images, crop))


def stored_labels(path: Path) -> np.ndarray | None:
    """Return the labels under the key ``y``, int64 (n,), each 0 or 1; None where the file has no such key.

    Raises DataError for a shape other than (n,) or (n, 1, ...), for other values, and for anything but numbers.
    """
    with open_hdf5(path) as file:
        if file.get("y", getlink=True) is None:
            return None
        stored = _array(path, file, "y")
        if stored.ndim == 0 or stored.size != len(stored):
            raise DataError(
                f"{path}: y has shape {stored.shape}, expected one label for each image: (n,), (n, 1) or (n, 1, 1, 1)."
            )
        _require_storage(path, "y", stored)
        labels = stored[()]
    if labels.dtype.kind not in "iufb":
        raise DataError(f"{path}: y is {labels.dtype}, expected integers 0 and 1.")
    labels = labels.reshape(-1)
    wrong = (labels != 0) & (labels != 1)
    if wrong.any():
        raise DataError(
            f"{path}: y holds {labels[wrong][0]} at image {np.flatnonzero(wrong)[0]} ({wrong.sum()} such labels), "
            "expected 0 (normal) or 1 (tumour) alone."
        )
    return labels.astype(np.int64)


def _array(path: Path, file: Any, key: str) -> Any:
    import h5py

    link = file.get(key, getlink=True)
    if isinstance(link, h5py.SoftLink | h5py.ExternalLink):
        to = f"{link.filename}: {link.path}" if isinstance(link, h5py.ExternalLink) else link.path
        raise DataError(f"{path}: {key} is a link to {shown(to, 200)}, expected an array: {COPY}.")
    found = None if link is None else file.get(key)
    if not isinstance(found, h5py.Dataset):
        keys = ", ".join(shown(name) for name in file) or "nothing"
        raise DataError(
            f"{path} has no array '{key}' (it has {keys}): {CONTENT[key]} are expected under this key."
        )
    _require_own_data(path, key, found)
    if found.size is None or (found.shape and found.shape[0] > MOST_IMAGES):
        raise DataError(
            f"{path}: {key} claims the shape {found.shape}, expected at most {MOST_IMAGES:,} images: it is damaged."
        )
    return found


def _require_own_data(path: Path, key: str, array: Any) -> None:
    """Raise DataError where an array lies in other files, which the file may name at will."""
    if array.external:
        names = ", ".join(shown(name, 200) for name, _, _ in array.external[:3])
        raise DataError(f"{path}: {key} lies in other files ({names}), which are not read: {COPY}.")
    if array.is_virtual:
        names = ", ".join(shown(source.file_name, 200) for source in array.virtual_sources()[:3])
        raise DataError(
            f"{path}: {key} is put together from other files ({names}), which are not read: {COPY}."
        )


def _require_storage(path: Path, key: str, array: Any) -> None:
    """Raise DataError where an array claims far more than any compression leaves in the file, or has giant chunks."""
    size = math.prod(array.shape) * array.dtype.itemsize
    stored = array.id.get_storage_size()
    if size > UNCHECKED_BYTES and size > MOST_COMPRESSION * stored:
        raise DataError(
            f"{path}: {key} claims the shape {array.shape}, {gigabytes(size)}, and {gigabytes(stored)} of it are "
            "there: it is damaged, or was never written to the end."
        )
    chunk = math.prod(array.chunks or (0,)) * array.dtype.itemsize
    if chunk > MOST_CHUNK_BYTES:
        raise DataError(
            f"{path}: {key} is stored in chunks of {gigabytes(chunk)}, which are read whole; expected at most "
            f"{gigabytes(MOST_CHUNK_BYTES)}: write it with smaller chunks."
        )


def _check_images(path: Path, images: Any, crop: int | None, smallest: int) -> None:
    shape = images.shape
    if images.dtype != np.uint8:
        raise DataError(f"{path}: x is {images.dtype}, expected uint8: bytes from 0 to 255.")
    square = len(shape) == 4 and shape[3] == 3 and shape[1] == shape[2] and shape[0] > 0
    if not square or not smallest <= shape[1] <= LARGEST_SIDE:
        raise DataError(
            f"{path}: x has shape {shape}, expected (n, side, side, 3) with a side of at least {smallest} pixels"
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
        """`images` is the open `h5py.Dataset` under the key ``x``; `crop` keeps the central square."""
        count, height, width, channels = (*images.shape, 1)[:4]
        self.path, self._rows, self._columns = path, central(height, crop), central(width, crop)
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
                pixels = file["x"][first : first + self.together, self._rows, self._columns]
                pixels = pixels.reshape(-1, *self.shape[1:])
                images[members] = pixels[positions[members] - first]
        return images

    def seekable(self) -> ImageSource:
        """Write the images once, cropped and uncompressed, into the user cache, and read them there."""
        everything = StoredImages(self)
        path = spooled(self.path, self.shape, everything.blocks)
        size = int(np.prod(self.shape[1:]))
        return RawSource(path, np.arange(self.shape[0], dtype=np.int64) * size, self.shape[1:])
