"""Movements of the image, at factors that leave no chance."""

import numpy as np
import pytest

from cnnlab.augment import augmentation
from tests.augment.samples import images, layer

pytestmark = pytest.mark.keras
RANGE = (-1.0, 1.0)


def moved(name: str, before: np.ndarray, **parameters: object) -> np.ndarray:
    """The images as an augmentation moves them."""
    return np.asarray(layer(augmentation.get(name), RANGE, **parameters)(before, training=True))


def test_half_a_turn_turns_the_image_upside_down():
    before = images(RANGE)
    after = moved("random_rotation", before, factor=(0.5, 0.5))
    np.testing.assert_allclose(
        after, before[:, ::-1, ::-1], atol=1e-4
    )  # places are a few rounding errors off


def test_a_flip_is_the_image_or_its_mirror_image():
    before = images(RANGE)
    for one, other in zip(before, moved("random_flip", before, mode="vertical"), strict=True):
        assert np.array_equal(other, one) or np.array_equal(other, one[::-1])


def test_a_translation_moves_whole_rows():
    before = images(RANGE)  # 12 rows
    after = moved(
        "random_translation", before, height_factor=(0.25, 0.25), width_factor=0.0, fill_mode="nearest"
    )
    np.testing.assert_allclose(after[:, 3:], before[:, :-3], atol=1e-5)


def test_a_shear_or_a_zoom_by_nothing_changes_nothing():
    before = images(RANGE)
    np.testing.assert_allclose(moved("random_shear", before, x_factor=0.0, y_factor=0.0), before, atol=1e-5)
    np.testing.assert_allclose(moved("random_zoom", before, height_factor=0.0), before, atol=1e-5)
