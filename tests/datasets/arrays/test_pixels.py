"""Arrays become uint8 images, exactly or not at all."""

import numpy as np
import pytest

from cnnlab.datasets.arrays.pixels import images_as_bytes
from cnnlab.errors import DataError

BYTES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


@pytest.mark.parametrize("kind", [np.int64, np.uint16, np.float32, np.float64])
def test_whole_numbers_of_any_type_are_bytes(kind):
    found = images_as_bytes("x", BYTES.astype(kind), fractions=False)
    assert found.dtype == np.uint8 and found.shape == (2, 3, 4, 1)
    np.testing.assert_array_equal(found[..., 0], BYTES)


def test_fractions_are_bytes_divided_by_255():
    found = images_as_bytes("x", (BYTES / 255).astype(np.float32), fractions=True)
    np.testing.assert_array_equal(found[..., 0], BYTES)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (BYTES + 0.5, "x holds the value 0.5 "),
        (BYTES.astype(int) - 1, "x holds the value -1 "),
        (BYTES * np.nan, "x holds the value nan "),
        (BYTES.astype(str), "expected uint8"),
        (BYTES[0], "expected images as"),
        (np.zeros((2, 3, 28, 28), np.uint8), "looks like channels first"),
    ],
)
def test_what_is_no_image_is_refused(array, said):
    with pytest.raises(DataError, match=said):
        images_as_bytes("x", array, fractions=False)
