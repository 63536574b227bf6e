"""Images in HDF5 files."""

import numpy as np
import pytest

from cnnlab.datasets.arrays.hdf5 import stored_images
from cnnlab.datasets.stored import StoredImages
from tests.datasets.layouts import PIXELS


@pytest.mark.parametrize("crop", [32, 33])
def test_a_crop_is_the_centre(path, crop):
    stored = stored_images(path, crop, 32)
    np.testing.assert_array_equal(stored[:], PIXELS[:, :crop, :crop])
    np.testing.assert_array_equal(stored.seekable()[[9, 2]], PIXELS[[9, 2], :crop, :crop])


def test_chunks_never_written_are_zeros(tmp_path):
    import h5py

    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("x", (20, 32, 32, 3), np.uint8, chunks=(4, 32, 32, 3))[4:8] = 7
    stored = stored_images(tmp_path / "x.h5", None, 32)
    assert isinstance(stored, StoredImages) and stored[:].sum() == 7 * 4 * 32 * 32 * 3
