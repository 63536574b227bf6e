"""One image file as bytes."""

import numpy as np
import pytest
from PIL import Image

from cnnlab.datasets.pictures import read_picture
from cnnlab.errors import DataError

PIXELS = np.arange(18, dtype=np.uint8).reshape(3, 2, 3) * 10


@pytest.fixture
def path(tmp_path):
    Image.fromarray(PIXELS).save(tmp_path / "p.png")
    return tmp_path / "p.png"


def test_colour_and_size_are_those_of_the_file_or_as_asked_for(path):
    np.testing.assert_array_equal(read_picture(path, None, None), PIXELS)
    assert read_picture(path, None, "gray").shape == (3, 2, 1)
    assert read_picture(path, (5, 4), "rgb").shape == (5, 4, 3)


def test_a_photo_is_turned_as_it_says(path):
    exif = Image.Exif()
    exif[0x0112] = 3  # half a turn
    Image.fromarray(PIXELS).save(path, exif=exif)
    np.testing.assert_array_equal(read_picture(path, None, None), PIXELS[::-1, ::-1])


def test_what_is_no_picture_is_refused(path):
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DataError, match=r"p\.png cannot be read as a PNG or JPEG image"):
        read_picture(path, None, None)
    Image.fromarray(np.zeros((2, 2), np.uint16)).save(path)
    with pytest.raises(DataError, match="pixels of the mode 'I;16', expected 8 bits a channel"):
        read_picture(path, None, None)
