"""Arrays of HDF5 files, found by their keys."""

import pytest

from cnnlab.datasets.arrays import hdf5_file
from cnnlab.datasets.arrays.hdf5_file import find_array, key_of, no_array, of_part, open_hdf5
from cnnlab.errors import DataError
from tests.datasets.pcam_files import labels, write_h5


def test_an_array_is_found_by_what_its_key_says(tmp_path, monkeypatch):
    path = write_h5(tmp_path / "a.h5", train_x=labels(4), y=labels(4), other=labels(4))
    with open_hdf5(path) as file:
        assert key_of(find_array(path, file, "images", of_part("images", "train"))) == "train_x"
        assert find_array(path, file, "images", of_part("images", "test")) is None
        assert str(no_array(path, file, "groups")).startswith(
            f"{path} has no array of groups (it has other, train_x, y)"
        )
        monkeypatch.setattr(hdf5_file, "MOST_KEYS", 2)
        with pytest.raises(DataError, match="has 3 keys, expected at most 2"):
            find_array(path, file, "images", of_part("images", "train"))
