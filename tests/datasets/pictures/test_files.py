"""Image files as a sequence of images."""

import warnings

import numpy as np
import pytest
from PIL import Image

from cnnlab.datasets.pictures.files import FILES_PER_TASK, PictureFiles, PictureReading
from cnnlab.errors import DataError

COUNT = 5 * FILES_PER_TASK + 3


def refusal(file, shape):
    return f"{file.name} is of another shape {shape}"


@pytest.fixture
def files(tmp_path):
    """Gray images, 6 high and 6 wide, whose brightness is their position."""
    paths = [tmp_path / f"{i}.png" for i in range(COUNT)]
    for i, path in enumerate(paths):
        Image.new("L", (6, 6), i).save(path)
    return paths


def test_many_files_are_read_in_the_order_asked_for(files):
    source = PictureFiles(files, (6, 6, 1), PictureReading(), refusal)
    order = np.random.default_rng(0).permutation(COUNT)
    pixels = source.read(order)
    assert pixels.shape == (COUNT, 6, 6, 1) and pixels.dtype == np.uint8
    assert pixels[:, 0, 0, 0].tolist() == order.tolist() and source.read(order[:0]).shape == (0, 6, 6, 1)


def test_the_first_damaged_file_is_named_whichever_thread_meets_it(files):
    for damaged in (3, FILES_PER_TASK + 1, COUNT - 1):
        files[damaged].write_bytes(b"no image")
    source = PictureFiles(files, (6, 6, 1), PictureReading(), refusal)
    for order, first in (
        (np.arange(COUNT), 3),
        (np.arange(COUNT)[::-1], COUNT - 1),
        (np.arange(4, COUNT), 17),
    ):
        with pytest.raises(DataError, match=rf"/{first}\.png cannot be read"):
            source.read(order)
    Image.new("L", (7, 6)).save(files[3])
    with pytest.raises(DataError, match=r"^3\.png is of another shape \(6, 7, 1\)$"):
        source.read(np.arange(COUNT))


def test_files_are_resized_coloured_and_cropped(files):
    reading = PictureReading(size=(10, 10), color="rgb", crop=4)
    source = PictureFiles(files, (4, 4, 3), reading, refusal)
    assert source.read(np.array([7]))[0].tolist() == np.full((4, 4, 3), 7).tolist()
    for size in ((4, 4), (4, 9)):  # of the size of the crop already; not square
        Image.new("L", size, 9).save(files[0])
        assert (
            PictureFiles(files, (4, 4, 1), PictureReading(crop=4), refusal).read(np.array([0])) == 9
        ).all()


def test_transparent_files_are_counted_once(files):
    Image.new("LA", (6, 6), (0, 0)).save(files[2])
    source = PictureFiles(files, (6, 6, 1), PictureReading(), refusal)
    assert (source.read(np.array([2, 2]))[1] == 255).all()
    source.read(np.arange(COUNT))
    assert source.whitened == {2}


def test_reading_leaves_the_filters_of_warnings_as_they_were(files):
    before = [*warnings.filters]
    PictureFiles(files, (6, 6, 1), PictureReading(), refusal).read(np.arange(COUNT))
    assert warnings.filters == before
