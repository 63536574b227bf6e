"""Images and labels in Parquet files, as data sets of Hugging Face have them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from cnnlab.datasets.arrays.label_arrays import require_no_gap
from cnnlab.datasets.folders.label_columns import ColumnKeys
from cnnlab.datasets.folders.part_names import part_of
from cnnlab.datasets.parquet.columns import ParquetColumns, find_columns
from cnnlab.datasets.parquet.images import ParquetImages, first_picture
from cnnlab.datasets.parquet.table import open_parquet, read_column, row_groups
from cnnlab.datasets.pictures.files import PictureReading
from cnnlab.datasets.pictures.picture import whitened_note
from cnnlab.datasets.source import PARTS, DataSource, Images, SourcePart
from cnnlab.datasets.stored import StoredImages
from cnnlab.errors import DataError, shown

HIDDEN = -1  # Hugging Face's label of images whose label is not given
IN_MEMORY = 1 << 29  # bytes of a part's images that are kept, not read again
Files = Mapping[str, Sequence[Path]]


def parquet_source(
    path: Path, files: Files, keys: ColumnKeys, reading: PictureReading, *, gaps: bool = False
) -> DataSource:
    """What the files of each part hold; the pictures are read when they are needed, where they are many.

    gaps: numbers of classes may have gaps, since a person names the classes.

    Raises DataError where columns are missing, and where a file is damaged.
    """
    first = next(files[part][0] for part in PARTS if part in files)
    with open_parquet(first) as file:
        columns = find_columns(first, file, keys)
    if columns.label is None:
        raise DataError(f"{first} has no column of labels: name it with `label_column`.")
    images, notes = _images(files, columns, reading)
    parts = {part: _part(part, images[part], files[part], columns) for part in images}
    if columns.class_names is None and not gaps:
        require_no_gap(str(path), [part.labels for part in parts.values() if part.labels is not None])
    if columns.split is not None and [*parts] == ["train"]:
        parts = _divided(parts["train"], files["train"], columns.split)
    return DataSource(
        path, parts, f"{path.name}: {_names(files)}; {columns.reading()}.", columns.class_names, notes
    )


def _names(files: Files) -> str:
    """Which files each part is read from, in words."""
    found = []
    for part in (part for part in PARTS if part in files):
        first, *others = files[part]
        found.append(f"{part} from {shown(first.name, 100)}{f' and {len(others)} more' if others else ''}")
    return "; ".join(found)


def _images(
    files: Files, columns: ParquetColumns, reading: PictureReading
) -> tuple[dict[str, Images], tuple[str, ...]]:
    """The pictures of each part, all of the first one's shape; in memory where they are few. And a note on them."""
    images: dict[str, Images] = {}
    shape, whitened = None, 0
    for part in (part for part in PARTS if part in files):
        groups = []
        for path in files[part]:
            with open_parquet(path) as file:
                groups += row_groups(path, file, columns.picture)
        if not groups:
            raise DataError(f"{files[part][0]} has no rows, expected a picture in each: take it out.")
        shape = shape or first_picture(groups[0], columns.picture, reading)
        source = ParquetImages(groups, columns.picture, shape, reading)
        stored = StoredImages(source)
        images[part] = np.asarray(stored) if stored.nbytes <= IN_MEMORY else stored
        whitened += len(source.whitened)
    return images, whitened_note(whitened)


def _part(part: str, images: Images, files: Sequence[Path], columns: ParquetColumns) -> SourcePart:
    labels, groups = (_values(part, files, column) for column in (columns.label, columns.group))
    if part == "test" and labels is not None and labels.dtype.kind == "i" and (labels == HIDDEN).all():
        labels = None
    return SourcePart(images, labels, groups=None if groups is None else groups.astype(str))


def _values(part: str, files: Sequence[Path], column: str | None) -> np.ndarray | None:
    """A column of all files, numbers or texts, (n,); None where the test part lacks it."""
    if column is None:
        return None
    found = [read_column(path, column, optional=part == "test") for path in files]
    blocks = [block for block in found if block is not None]
    if len({block.dtype.kind for block in blocks}) > 1:
        raise DataError(
            f"{files[0].parent}: {shown(column)} holds numbers in some files and texts in others."
        )
    if 0 < len(blocks) < len(found):
        raise DataError(
            f"{files[0].parent}: {shown(column)} is in some files of the {part} part, and not in others."
        )
    return np.concatenate(blocks) if blocks else None


def _divided(whole: SourcePart, files: Sequence[Path], column: str) -> dict[str, SourcePart]:
    """The parts that a column names; raises DataError for a word that names none."""
    words = _values("train", files, column)
    assert words is not None
    parts = {}
    for word in np.unique(words).tolist():
        part = part_of(str(word))
        if part is None:
            raise DataError(
                f"{files[0]}: {shown(column)} holds {shown(word)}, expected train, validation or test: name another "
                "column with `split_column`, or write these words."
            )
        if part in parts:
            raise DataError(
                f"{files[0]}: {shown(column)} names the {part} part by two words: write one of them."
            )
        parts[part] = whole.take(np.flatnonzero(words == word))
    return parts
