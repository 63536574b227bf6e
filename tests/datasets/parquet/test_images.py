"""Pictures in the rows of Parquet files."""

import numpy as np
import pytest

from cnnlab.datasets.parquet import source as parquet
from cnnlab.datasets.splits import within_budget
from cnnlab.datasets.stored import StoredImages
from tests.datasets.parquet.test_source import LABELS, SHADES, load, shades
from tests.datasets.parquet_files import pictures, write_parquet


@pytest.mark.parametrize("rows", [1, 4, 100])
def test_pictures_that_stay_on_disk_are_the_same_in_any_order(tmp_path, rows, monkeypatch):
    write_parquet(tmp_path / "a.parquet", rows=rows, image=pictures(SHADES), label=LABELS)
    monkeypatch.setattr(parquet, "IN_MEMORY", 0)
    loaded = load(tmp_path)
    assert isinstance(loaded.train.images, StoredImages)
    assert loaded.train.images[np.array([5, 0, 3, 3])][:, 7, 7, 0].tolist() == [240, 10, 220, 220]
    for megabytes in (0, 1):
        assert shades(within_budget(loaded.splits(), megabytes)["train"]) == SHADES
    other = load(tmp_path, crop=4)
    same_shape = load(tmp_path, image_size=[4, 4])
    for each in (other, same_shape):  # one shape, two ways to it: two copies
        assert within_budget(each.splits(), 0)["train"].images[[5]].shape == (1, 4, 4, 3)
