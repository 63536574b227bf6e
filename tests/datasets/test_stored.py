"""Images that stay in their file: the same as in memory, in any order, from every layout."""

import numpy as np
import pytest

from cnnlab.datasets.arrays.hdf5 import stored_images
from cnnlab.datasets.stored import RawSource
from cnnlab.errors import DataError
from tests.datasets.layouts import COUNT, PIXELS, SIDE, data_set
from tests.datasets.pcam_files import write_h5


def test_they_look_and_read_like_an_array(path, layout):
    stored = stored_images(path, None, 32)
    assert type(stored.source) is layout[1]
    assert (stored.shape, stored.dtype, stored.nbytes, len(stored)) == (
        PIXELS.shape,
        np.uint8,
        PIXELS.nbytes,
        COUNT,
    )
    for key in (3, -1, slice(5, 40, 3), slice(0, 0), np.array([60, 0, 60, 8, 7])):
        np.testing.assert_array_equal(stored[key], PIXELS[key])
    np.testing.assert_array_equal(np.asarray(stored), PIXELS)
    np.testing.assert_array_equal(np.concatenate(list(stored.blocks())), PIXELS)
    assert np.asarray(stored, dtype=np.float32).dtype == np.float32


def test_a_part_is_a_view_that_reads_nothing(path):
    stored = stored_images(path, None, 32)
    path.unlink()
    order = np.random.default_rng(0).permutation(COUNT)
    part = stored.take(order).take(np.arange(5))
    assert part.shape == (5, SIDE, SIDE, 3)
    with pytest.raises(DataError, match=r"x\.h5 cannot be read"):
        part[0]


def test_a_permuted_part_is_the_same_in_memory_and_from_a_seekable_file(path, empty_home):
    order = np.random.default_rng(0).permutation(COUNT)[:50]
    part = stored_images(path, None, 32).take(order)
    for form in (np.asarray(part), part[:], part.seekable()[:], part.seekable().seekable()[:]):
        np.testing.assert_array_equal(form, PIXELS[order])
    assert isinstance(part.seekable().source, RawSource)


def test_the_hash_does_not_depend_on_where_the_images_are(path):
    assert data_set(stored_images(path, None, 32)).content_hash() == data_set(PIXELS).content_hash()


def test_a_file_that_ends_early_is_said_to(tmp_path):
    path = write_h5(tmp_path / "x.h5", x=PIXELS)
    stored = stored_images(path, None, 32)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 10)
    assert stored[0].shape == (SIDE, SIDE, 3)
    with pytest.raises(DataError, match="ends before its image 60: it is truncated"):
        stored[:]


def test_central_squares_are_cut_when_they_are_read(path, empty_home):
    part = stored_images(path, None, 32).take(np.array([7, 3, 60])).cropped(10)
    assert part.shape == (3, 10, 10, 3)
    for form in (np.asarray(part), part[:], part.seekable()[:]):
        np.testing.assert_array_equal(form, PIXELS[[7, 3, 60], 11:21, 11:21])
