"""The pictures in a column of Parquet files, decoded when they are needed."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import final

import numpy as np

from cnnlab.datasets.parquet.table import RowGroup, open_parquet
from cnnlab.datasets.pictures.files import PictureReading
from cnnlab.datasets.pictures.picture import quiet
from cnnlab.datasets.stored import BLOCK_BYTES, ImageSource, RawSource, StoredImages
from cnnlab.datasets.unpack import spooled
from cnnlab.errors import DataError

MOST_ROWS = 64  # pictures, still packed, that are in memory together
TOGETHER_BYTES = 1 << 30  # what they may take, were each as large as all of a row group


@final
class ParquetImages(ImageSource):
    """Rows of Parquet files, in order. A row group is read from its beginning to the last row that is asked for."""

    def __init__(
        self,
        groups: Sequence[RowGroup],
        column: str,
        image_shape: tuple[int, int, int],
        reading: PictureReading,
    ) -> None:
        """All pictures must have `image_shape` once they are read. column: its path, such as "image.bytes"."""
        self._groups, self._column, self._reading = groups, column, reading
        self._starts = np.cumsum([0, *(group.rows for group in groups)])
        self.shape = (int(self._starts[-1]), *image_shape)
        size = int(np.prod(image_shape))
        self.together = max(1, min(max(group.rows for group in groups), 4 * BLOCK_BYTES // size))
        self.whitened: set[int] = set()  # positions of pictures, read so far, that have transparent pixels

    def read(self, positions: np.ndarray) -> np.ndarray:
        """Read each row group that is needed once; raises DataError for the first picture that cannot be read."""
        images = np.empty((len(positions), *self.shape[1:]), np.uint8)
        order = np.argsort(positions, kind="stable")
        which = np.searchsorted(self._starts, positions[order], side="right") - 1
        for number in np.unique(which):
            members = order[which == number]
            rows = positions[members] - self._starts[number]
            found = dict.fromkeys(rows.tolist())
            with quiet():
                for row, data in wanted_rows(self._groups[number], self._column, found):
                    images[members[rows == row]] = self._pixels(number, row, data)
        return images

    def _pixels(self, number: int, row: int, data: bytes | None) -> np.ndarray:
        where = row_name(self._groups[number], row)
        picture = self._reading.read(where, _required(self._groups[number], row, data))
        if picture.pixels.shape != self.shape[1:]:
            found, expected = ("x".join(map(str, shape)) for shape in (picture.pixels.shape, self.shape[1:]))
            raise DataError(
                f"{where} is {found} (height, width, channels) and the first picture {expected}, expected all alike: "
                "give the data set image_size: [height, width] and color: gray or rgb to bring them together."
            )
        if picture.whitened:
            self.whitened.add(int(self._starts[number]) + row)
        return picture.pixels

    def _files(self) -> list[Path]:
        return [*dict.fromkeys(group.path for group in self._groups)]

    def seekable(self) -> ImageSource:
        """Write the images once, decoded, into the user cache, and read them there."""
        origin = self._groups[0].path
        stamps = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in self._files()]
        path = spooled(origin, self.shape, StoredImages(self).blocks, also=f"{self._reading} {stamps}")
        size = int(np.prod(self.shape[1:]))
        return RawSource(path, np.arange(self.shape[0], dtype=np.int64) * size, self.shape[1:])


def first_picture(group: RowGroup, column: str, reading: PictureReading) -> tuple[int, int, int]:
    """Height, width and channels of the first picture of a row group."""
    with quiet():
        for row, data in wanted_rows(group, column, {0: None}):
            height, width, channels = reading.read(
                row_name(group, row), _required(group, row, data)
            ).pixels.shape
    return height, width, channels


def _required(group: RowGroup, row: int, data: bytes | None) -> bytes:
    if not data:
        raise DataError(
            f"{row_name(group, row)} holds no picture, expected the bytes of a file: write them into the column, or "
            "take the row out."
        )
    return data


def row_name(group: RowGroup, row: int) -> Path:
    """What a picture is called in a sentence."""
    return group.path / f"row group {group.number}, row {row}"


def wanted_rows(group: RowGroup, column: str, rows: dict[int, None]) -> Iterator[tuple[int, bytes | None]]:
    """Yield the rows of a group that are asked for, in order, with their bytes; None where a row has none.

    Raises DataError where the file has fewer rows than it claims.
    """
    last, start = max(rows), 0
    with open_parquet(group.path) as file:
        together = max(1, min(MOST_ROWS, TOGETHER_BYTES // max(1, group.bytes)))
        for batch in file.iter_batches(
            together, row_groups=[group.number], columns=[column], use_threads=False
        ):
            array = batch.column(0)
            values = array.field(0) if array.type.num_fields else array
            for index in range(len(batch)):
                if start + index in rows:
                    yield start + index, values[index].as_py()
            start += len(batch)
            if start > last:
                return
    raise DataError(
        f"{group.path} ends before the row {last} of its row group {group.number}: it is damaged."
    )
