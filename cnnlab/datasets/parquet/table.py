"""Opening a Parquet file and reading its columns a little at a time, with an answer where it is damaged or a giant."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.datasets.arrays.label_arrays import LONGEST
from cnnlab.datasets.arrays.pixels import MOST_CLASSES
from cnnlab.datasets.damage import wrong_kind
from cnnlab.datasets.unpack import gigabytes
from cnnlab.errors import DataError, shown
from cnnlab.packages import missing

MOST_ROWS = 20_000_000  # of a file
MOST_GROUP_BYTES = 4_000_000_000  # of one column of a row group, unpacked
UNCHECKED_BYTES = 100_000_000
MOST_COMPRESSION = 1100
MOST_METADATA_BYTES = 10_000_000  # of what Hugging Face writes about the columns
MOST_TEXT = 250_000_000  # characters of a column in memory
ROWS = 65_536  # of numbers and names read together
_DAMAGE = (
    *(OSError, ValueError, TypeError, KeyError, IndexError, NotImplementedError),
    *(OverflowError, MemoryError, RuntimeError, EOFError),
)


@contextlib.contextmanager
def open_parquet(path: Path, texts: Sequence[str] = ()) -> Iterator[Any]:
    """Yield the open `pyarrow.parquet.ParquetFile`; columns of `texts` are read as dictionaries of different texts.

    Raises DataError, saying what is wrong, where it cannot be read, and where pyarrow is not installed.
    """
    lacking = missing("pyarrow", "parquet")
    if lacking is not None:
        raise DataError(f"Reading {path} {lacking}.")
    import pyarrow as pa
    import pyarrow.parquet as pq

    reason = wrong_kind(path)
    if reason is not None:
        raise DataError(f"{path} cannot be read: {reason}.")
    try:
        with path.open("rb") as raw, pq.ParquetFile(raw, read_dictionary=[*texts], pre_buffer=False) as file:
            yield file
    except (*_DAMAGE, pa.ArrowException) as error:
        text = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise DataError(f"{path} cannot be read as a Parquet file: {shown(text, 200)}.") from None


@dataclass(frozen=True)
class RowGroup:
    """Rows that lie together in a file. number: of the row group in it; bytes: of its pictures, unpacked."""

    path: Path
    number: int
    rows: int
    bytes: int


def row_groups(path: Path, file: Any, column: str) -> list[RowGroup]:
    """The row groups of an open file; raises DataError where one claims more than a column may have.

    column: the path of the column of images, such as "image.bytes".
    """
    groups = []
    for number in range(file.metadata.num_row_groups):
        found = file.metadata.row_group(number)
        chunks = [found.column(index) for index in range(found.num_columns)]
        pictures = [chunk for chunk in chunks if chunk.path_in_schema == column]
        size = sum(chunk.total_uncompressed_size for chunk in pictures)
        packed = sum(chunk.total_compressed_size for chunk in pictures)
        if size > MOST_GROUP_BYTES or size > max(UNCHECKED_BYTES, MOST_COMPRESSION * packed):
            raise DataError(
                f"{path}: {shown(column)} claims {gigabytes(size)} in its row group {number}, of {gigabytes(packed)} "
                "in the file, which are read together: write it with smaller row groups (row_group_size=100)."
            )
        groups.append(RowGroup(path, number, found.num_rows, size))
    rows = sum(group.rows for group in groups)
    if min((group.rows for group in groups), default=0) < 0 or rows > MOST_ROWS:
        raise DataError(
            f"{path} claims {rows:,} rows, expected at most {MOST_ROWS:,}: it is damaged, or too large."
        )
    return [group for group in groups if group.rows]


def class_names(file: Any, column: str) -> tuple[str, ...] | None:
    """The names of the classes that Hugging Face wrote about a column of numbers; None where there are none."""
    text = (file.schema_arrow.metadata or {}).get(b"huggingface", b"")
    if not text or len(text) > MOST_METADATA_BYTES:
        return None
    try:
        names = json.loads(text)["info"]["features"][column]["names"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    sound = isinstance(names, list) and 0 < len(names) <= MOST_CLASSES
    return (
        tuple(names)
        if sound and all(isinstance(name, str) and len(name) <= LONGEST for name in names)
        else None
    )


def read_column(path: Path, column: str, *, optional: bool = False) -> np.ndarray | None:
    """Return a column of whole numbers (booleans among them), int64 (n,), or of texts, (n,).

    Each different text is held once while it is read. Raises DataError for a row without a value, for long or empty
    texts, and for anything else in the column; None where there is no such column and it is `optional`.
    """
    where = f"{path}: {shown(column)}"
    blocks: list[np.ndarray] = []
    texts: dict[str, int] = {}
    with open_parquet(path) as file:
        if column not in file.schema_arrow.names:
            if optional:
                return None
            raise DataError(
                f"{path} has no column {shown(column)}, which other files have: take it out, or write it anew."
            )
        dictionaries = _texts_among(where, column, file.schema_arrow.field(column).type)
    with open_parquet(path, dictionaries) as file:
        for batch in file.iter_batches(ROWS, columns=[column], use_threads=False):
            array = batch.column(0)
            if array.null_count:
                row = sum(map(len, blocks)) + int(np.argmax(array.is_null().to_numpy(zero_copy_only=False)))
                raise DataError(
                    f"{where} has no value in row {row}, expected one in each: fill it, or take it out."
                )
            blocks.append(_codes(where, array, texts))
    numbers = np.concatenate(blocks) if blocks else np.empty(0, np.int64)
    if not texts:
        return numbers
    if len(numbers) * max(map(len, texts)) > MOST_TEXT:
        raise DataError(f"{where} holds texts that are too long for so many rows, expected short names.")
    return np.array([*texts])[numbers]


def _codes(where: str, array: Any, texts: dict[str, int]) -> np.ndarray:
    """A block's numbers, or the codes of its texts, which join `texts`; int64, shape (n,)."""
    import pyarrow as pa

    if pa.types.is_dictionary(array.type) and pa.types.is_integer(array.type.value_type):
        array = array.dictionary_decode()
    if not pa.types.is_dictionary(array.type):
        values: np.ndarray = array.to_numpy(zero_copy_only=False)
        if values.dtype.kind == "u" and values.max(initial=0) >= 1 << 53:
            raise DataError(f"{where} holds the number {values.max()}, expected the number of a class.")
        return values.astype(np.int64)
    used = np.unique(indices := array.indices.to_numpy(zero_copy_only=False))
    codes = np.zeros(len(array.dictionary), np.int64)
    for index in used.tolist():
        text = array.dictionary[index].as_py()
        if not 0 < len(text) <= LONGEST:
            raise DataError(
                f"{where} holds {'an empty text' if not text else f'a text of {len(text):,} characters'}, expected "
                "short names."
            )
        codes[index] = texts.setdefault(text, len(texts))
    return codes[indices]


def _texts_among(where: str, column: str, kind: Any) -> list[str]:
    """The column, where it holds texts; none where it holds whole numbers. Raises DataError for anything else."""
    import pyarrow as pa

    values = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_string(values) or pa.types.is_large_string(values):
        return [column]
    if pa.types.is_integer(values) or pa.types.is_boolean(values):
        return []
    several = ", several values in a row, as where an image is of several classes"
    raise DataError(
        f"{where} is of the type {shown(kind)}{several if pa.types.is_nested(kind) else ''}; expected whole numbers or "
        "text."
    )
