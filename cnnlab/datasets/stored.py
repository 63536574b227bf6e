"""Images that stay in a file: indexed like an array, read when they are indexed.

`StoredImages` stands where a `Split` has its array of images. It knows shape and dtype, `take` gives a view, and
only indexing reads. So a split of any size can be drawn, permuted and shortened before one pixel is in memory.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from cnnlab.errors import DataError

BLOCK_BYTES = 1 << 25  # what is read at a time where everything is read


@dataclass(frozen=True)
class Vouched:
    """Something that stands for the content of images, so that they need not be read to know them again.

    identity: the same for the same images alone. folder: where results on them may be kept.
    """

    identity: str
    folder: Path


class ImageSource(ABC):
    """A file's images; every one can be read by its position."""

    shape: tuple[int, int, int, int]  # n, height, width, channels, after cropping
    together = 1  # images that cost no more together than one of them alone
    vouched: Vouched | None = None  # where the content is known without reading

    @abstractmethod
    def read(self, positions: np.ndarray) -> np.ndarray:
        """Return the images at `positions`, int64 (k,), in that order: uint8 (k, height, width, channels).

        Raises DataError when the file has gone or ends too early.
        """

    def seekable(self) -> "ImageSource":
        """Return a source that is as fast in any order as in the file's own; it may have to write one first."""
        return self


@final
class StoredImages:
    """Like a uint8 array of shape (n, height, width, channels) that is read from its source when indexed."""

    dtype = np.dtype(np.uint8)
    ndim = 4

    def __init__(self, source: ImageSource, positions: np.ndarray | None = None) -> None:
        """All images of `source`, or those at `positions`, int64 (n,), in that order."""
        self.source = source
        self.positions = np.arange(source.shape[0]) if positions is None else positions

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Number of images, height, width, channels."""
        return (len(self.positions), *self.source.shape[1:])

    @property
    def nbytes(self) -> int:
        """The bytes that the images would take in memory."""
        return int(np.prod(self.shape, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.positions)

    def take(self, indices: np.ndarray) -> "StoredImages":
        """Return the images at `indices`, in that order, without reading any."""
        return StoredImages(self.source, self.positions[indices])

    def cropped(self, side: int) -> "StoredImages":
        """Return the central squares of the images, `side` pixels in height and width, without reading any."""
        return StoredImages(CroppedSource(self.source, side), self.positions)

    def seekable(self) -> "StoredImages":
        """Return the same images from a source that is fast in any order."""
        return StoredImages(self.source.seekable(), self.positions)

    def __getitem__(self, key: Any) -> np.ndarray:
        """Read images: one for an integer, (k, height, width, channels) for a slice or an array of indices."""
        if isinstance(key, int | np.integer):
            return self.source.read(np.atleast_1d(self.positions[key]))[0]
        return self.source.read(self.positions[key])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        images = np.empty(self.shape, np.uint8)
        order = np.argsort(self.positions, kind="stable")
        for start in range(0, len(self), self._count):
            part = order[start : start + self._count]
            images[part] = self.source.read(self.positions[part])
        return images if dtype is None else images.astype(dtype, copy=False)

    def blocks(self) -> Iterator[np.ndarray]:
        """Read all images in order, some megabytes at a time."""
        for start in range(0, len(self), self._count):
            yield self[start : start + self._count]

    def unordered_blocks(self) -> Iterator[np.ndarray]:
        """Read all images in the file's own order, some megabytes at a time."""
        yield from StoredImages(self.source, np.sort(self.positions)).blocks()

    @property
    def _count(self) -> int:
        """Images to read at a time where all are read."""
        together = self.source.together
        return max(1, BLOCK_BYTES // int(np.prod(self.shape[1:])) // together) * together


@final
class CroppedSource(ImageSource):
    """The central squares of another source's images."""

    def __init__(self, source: ImageSource, side: int) -> None:
        """side: at most the images' height and width, pixels."""
        self._source, self._side, self.together = source, side, source.together
        self.shape = (source.shape[0], side, side, source.shape[3])

    def read(self, positions: np.ndarray) -> np.ndarray:
        """Read whole images, and keep their middles."""
        _, height, width, _ = self._source.shape
        return self._source.read(positions)[:, central(height, self._side), central(width, self._side)]

    def seekable(self) -> ImageSource:
        """Return the squares from a source that is fast in any order."""
        return CroppedSource(self._source.seekable(), self._side)


@final
class RawSource(ImageSource):
    """Images that lie in a file as plain bytes, each in one piece."""

    def __init__(
        self, path: Path, offsets: np.ndarray, image_shape: tuple[int, int, int], crop: int | None = None
    ) -> None:
        """Images of `image_shape` that begin at `offsets`, int64 (n,), bytes; `crop` keeps the central square."""
        self.path, self._offsets, self._image_shape = path, offsets, image_shape
        height, width, channels = image_shape
        self._rows, self._columns = central(height, crop), central(width, crop)
        self.shape = (len(offsets), _length(self._rows), _length(self._columns), channels)

    def read(self, positions: np.ndarray) -> np.ndarray:
        """Read in the order of the file, whatever the order of `positions`."""
        _, width, channels = self._image_shape
        images = np.empty((len(positions), *self.shape[1:]), np.uint8)
        rows = np.empty((self.shape[1], width, channels), np.uint8)  # the crop's rows, in full width
        cropped = self.shape[2] != width
        starts = self._offsets[positions] + self._rows.start * width * channels
        order = np.argsort(starts, kind="stable")
        try:
            with self.path.open("rb", buffering=0) as file:
                for index, start in zip(order.tolist(), starts[order].tolist(), strict=True):
                    file.seek(start)
                    if file.readinto(rows.data if cropped else images[index].data) != rows.nbytes:
                        raise DataError(
                            f"{self.path} ends before its image {positions[index]}: it is truncated."
                        )
                    if cropped:
                        images[index] = rows[:, self._columns]
        except OSError as error:
            raise DataError(f"{self.path} cannot be read: {error.strerror or error}.") from None
        return images


def central(length: int, crop: int | None) -> slice:
    """The middle `crop` of `length` pixels; all of them without a crop."""
    if crop is None:
        return slice(0, length)
    start = (length - crop) // 2
    return slice(start, start + crop)


def _length(part: slice) -> int:
    return part.stop - part.start
