"""Strokes that grow and shrink."""

import numpy as np
import pytest

from tests.augment.places import made

pytestmark = pytest.mark.keras


def test_strokes_grow_by_dilation_and_shrink_by_erosion() -> None:
    from scipy.ndimage import generate_binary_structure, grey_dilation, grey_erosion

    image = np.random.default_rng(2).uniform(-1, 1, (9, 8)).astype(np.float32)
    images = np.tile(image[None, ..., None], (100, 1, 1, 1))
    changed = np.asarray(made("random_stroke_width", factor=0.5)(images, training=True))[..., 0] - image
    cross = generate_binary_structure(2, 1)
    grown = grey_dilation(image, footprint=cross, mode="nearest") - image
    shrunk = grey_erosion(image, footprint=cross, mode="nearest") - image
    up = changed.sum(axis=(1, 2)) > 0
    assert 30 < up.sum() < 70
    for changes, full in ((changed[up], grown), (changed[~up], shrunk)):
        shares = (changes * full).sum(axis=(1, 2)) / (full**2).sum()
        assert 0.4 < shares.max() <= 0.5 and shares.min() >= 0
        np.testing.assert_allclose(changes, shares[:, None, None] * full, atol=1e-5)
