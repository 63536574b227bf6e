"""Mean and standard deviation of channels: NumPy's, from memory and from files, whatever the order."""

import numpy as np
import pytest

from cnnlab.datasets.arrays.hdf5 import stored_images
from cnnlab.datasets.channel_statistics import ChannelStatistics, channel_statistics
from tests.datasets.pcam_files import images, write_h5


def test_they_are_numpys(monkeypatch):
    """To rounding; in one block and in many."""
    pixels = images(50, 33)
    whole = channel_statistics(pixels)
    np.testing.assert_allclose(whole.mean, pixels.mean(axis=(0, 1, 2)), rtol=1e-13)
    np.testing.assert_allclose(whole.sd, pixels.std(axis=(0, 1, 2)), rtol=1e-12)
    monkeypatch.setattr("cnnlab.datasets.channel_statistics.BLOCK_BYTES", 7 * 33 * 33 * 3)
    assert channel_statistics(pixels) == whole


@pytest.mark.parametrize("layout", [{}, {"chunks": (8, 33, 33, 3), "compression": "gzip"}], ids=str)
def test_a_file_gives_the_same_to_the_bit_in_any_order(tmp_path, layout):
    pixels = images(61, 33)
    stored = stored_images(write_h5(tmp_path / "x.h5", layout, x=pixels), None, 32)
    chosen = np.random.default_rng(0).permutation(61)[:40]
    assert channel_statistics(stored.take(chosen)) == channel_statistics(pixels[chosen])
    assert channel_statistics(stored.take(chosen)) == channel_statistics(pixels[np.sort(chosen)])


def test_a_channel_that_never_varies_is_left_as_wide_as_it_is():
    pixels = images(5, 33)
    pixels[..., 1] = 200
    found = channel_statistics(pixels)
    assert (found.mean[1], found.sd[1]) == (200, 1)


def test_they_move_with_the_scale():
    """0 to 255 on [-1, 1]: 127.5 becomes 0, and a standard deviation of 51 a variance of .16."""
    mean, variance = ChannelStatistics((0.0, 127.5), (51.0, 255.0)).scaled(-1.0, 1.0)
    assert mean == pytest.approx((-1, 0))
    assert variance == pytest.approx((0.16, 4))
