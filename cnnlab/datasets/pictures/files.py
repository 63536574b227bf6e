"""Image files as a sequence of images of one shape, each read when it is needed; many are read by several threads."""

import os
import stat
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import final

import numpy as np

from cnnlab.datasets.pictures.picture import Color, Picture, decoded, quiet
from cnnlab.datasets.stored import ImageSource, central
from cnnlab.errors import DataError

MOST_THREADS = 4  # each may hold one decoded file of the largest size
FILES_PER_TASK = 16


@dataclass(frozen=True)
class PictureReading:
    """How files become images.

    size: height and width to resize to, proportions not kept; None: as it is. color: None takes each file's own. crop:
    the side of the central square that is then cut out of images that are larger; None: no cutting.
    """

    size: tuple[int, int] | None = None
    color: Color | None = None
    crop: int | None = None

    def read(self, file: Path, data: bytes | None = None) -> Picture:
        """Read one file, where warnings are `quiet`; raises DataError, naming it, where it cannot be read rightly.

        data: what the file would hold, where the pictures are not in files.
        """
        picture = decoded(file, self.size, self.color, data)
        height, width, _ = picture.pixels.shape
        if self.crop is None or min(height, width) < self.crop:
            return picture
        middle = picture.pixels[central(height, self.crop), central(width, self.crop)]
        return Picture(middle, picture.whitened)


@final
class PictureFiles(ImageSource):
    """Image files that are read whenever they are needed."""

    def __init__(
        self,
        files: Sequence[Path],
        image_shape: tuple[int, int, int],
        reading: PictureReading,
        refusal: Callable[[Path, tuple[int, ...]], str],
    ) -> None:
        """All must have `image_shape` once they are read; `refusal` says what is wrong with one of another shape."""
        self.files, self.reading, self._refusal = files, reading, refusal
        self.shape = (len(files), *image_shape)
        self.whitened: set[int] = set()  # positions of files, read so far, that have transparent pixels

    def read(self, positions: np.ndarray) -> np.ndarray:
        """Read the files at `positions`; raises DataError for the first that cannot be read or is of another shape."""
        images = np.empty((len(positions), *self.shape[1:]), np.uint8)

        def fill(start: int) -> None:
            for index in range(start, min(start + FILES_PER_TASK, len(positions))):
                images[index] = self._pixels(int(positions[index]))

        with quiet():
            _in_threads(fill, range(0, len(positions), FILES_PER_TASK))
        return images

    def _pixels(self, position: int) -> np.ndarray:
        file = self.files[position]
        picture = self.reading.read(file)
        if picture.pixels.shape != self.shape[1:]:
            raise DataError(self._refusal(file, picture.pixels.shape))
        if picture.whitened:
            self.whitened.add(position)
        return picture.pixels


def _in_threads(task: Callable[[int], None], starts: Iterable[int]) -> None:
    """Call `task` for each of `starts`; of several errors the first in their order is raised."""
    starts = list(starts)
    if len(starts) < 2:
        for start in starts:
            task(start)
        return
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with ThreadPoolExecutor(min(MOST_THREADS, cores, len(starts))) as pool:
        for _ in pool.map(task, starts):
            pass


def file_stamps(files: Sequence[Path]) -> np.ndarray:
    """Return size, time of change, and time of change of the entry (nanoseconds) of each file: int64 (n, 3).

    Raises DataError for what is gone, or is not an ordinary file: a pipe would keep its reader waiting for ever.
    """
    stamps = np.empty((len(files), 3), np.int64)
    for index, file in enumerate(files):
        try:
            found = os.stat(file)  # noqa: PTH116  (quicker, for hundreds of thousands)
        except OSError as error:
            raise DataError(f"{file} cannot be read: {error.strerror or error}.") from None
        if not stat.S_ISREG(found.st_mode):
            raise DataError(f"{file} cannot be read: it is not an ordinary file. Take it out.")
        stamps[index] = found.st_size, found.st_mtime_ns, found.st_ctime_ns
    return stamps
