"""Columns of Parquet files, bounded before they are read."""

import numpy as np
import pyarrow as pa
import pytest

from cnnlab.datasets.parquet import table as parquet_table
from cnnlab.datasets.parquet.table import open_parquet, read_column, row_groups
from cnnlab.errors import DataError
from tests.datasets.parquet_files import pictures, write_parquet


def test_a_column_is_whole_numbers_or_texts(tmp_path):
    for values, found in [
        ([3, 1, 3], [3, 1, 3]),
        (pa.array([3, 1, 3], pa.uint8()), [3, 1, 3]),
        ([True, False, True], [1, 0, 1]),
        (["b", "a", "b"], ["b", "a", "b"]),
    ]:
        path = write_parquet(tmp_path / "a.parquet", rows=2, a=values)
        assert read_column(path, "a").tolist() == found
    assert read_column(path, "b", optional=True) is None
    with pytest.raises(DataError, match="has no column b, which other files have"):
        read_column(path, "b")
    with pytest.raises(DataError, match="holds the number 18446744073709551615"):
        read_column(write_parquet(path, a=pa.array([2**64 - 1], pa.uint64())), "a")


def test_one_long_text_for_all_rows_is_held_once_and_refused(tmp_path):
    """100,000 rows of a megabyte each, in a file of some kilobytes."""
    texts = pa.DictionaryArray.from_arrays(pa.array(np.zeros(100_000, np.int32)), pa.array(["a" * 1_000_000]))
    path = write_parquet(tmp_path / "a.parquet", rows=100_000, a=texts)
    assert path.stat().st_size < 3_000_000
    with pytest.raises(DataError, match="a text of 1,000,000 characters, expected short names"):
        read_column(path, "a")


def test_row_groups_are_bounded_before_they_are_read(tmp_path, monkeypatch):
    path = write_parquet(tmp_path / "a.parquet", rows=4, image=pictures([1] * 6))
    with open_parquet(path) as file:
        assert [(group.number, group.rows) for group in row_groups(path, file, "image.bytes")] == [
            (0, 4),
            (1, 2),
        ]
        for name, most, said in [
            ("MOST_ROWS", 5, "claims 6 rows, expected at most 5"),
            ("MOST_GROUP_BYTES", 10, "in its row group 0, of .* write it with smaller row groups"),
        ]:
            with monkeypatch.context() as patch, pytest.raises(DataError, match=said):
                patch.setattr(parquet_table, name, most)
                row_groups(path, file, "image.bytes")
