"""Patches of drawn tissue."""

import numpy as np
import pytest

from cnnlab.datasets.pcam.nuclei import CENTRE, draw_patches


def test_patches_are_bytes_and_the_generator_decides():
    labels = np.array([0, 1, 1])
    for side in (CENTRE, 96):
        first, again, other = (draw_patches(np.random.default_rng(seed), labels, side) for seed in (5, 5, 6))
        assert first.dtype == np.uint8 and first.shape == (3, side, side, 3)
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other)
        assert first.std(axis=(1, 2)).min() > 1  # no patch is of one colour


def test_the_levels_of_a_patch_know_no_class():
    """The mean brightness of many patches of either class is the same to a part of its spread."""
    pixels = draw_patches(np.random.default_rng(0), np.repeat([0, 1], 150), CENTRE).mean(axis=(1, 2, 3))
    normal, tumour = pixels[:150], pixels[150:]
    assert abs(normal.mean() - tumour.mean()) < 4 * pixels.std() * np.sqrt(2 / 150)


@pytest.mark.parametrize("side", [CENTRE, 47])
def test_the_first_patches_are_the_same_alone_and_among_others(side):
    labels = np.arange(30) % 2
    together = draw_patches(np.random.default_rng(0), labels, side)
    for count in (1, 2, 7, 29, 30):
        alone = draw_patches(np.random.default_rng(0), labels, side, count)
        np.testing.assert_array_equal(alone, together[:count])
