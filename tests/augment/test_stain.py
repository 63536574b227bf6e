"""Stain noise: its matrix, what it leaves alone, and what it changes in haematoxylin and eosin."""

from typing import Any

import numpy as np
import pytest

from cnnlab.augment import augmentation
from cnnlab.augment.stain import EOSIN, HAEMATOXYLIN, stain_matrix
from cnnlab.datasets.pcam.nuclei import draw_patches

pytestmark = pytest.mark.keras
TISSUE = draw_patches(np.random.default_rng(0), np.arange(6) % 2, 32) / np.float32(255)


def stained(images: np.ndarray, seed: tuple[int, int] = (1, 2), **parameters: Any) -> np.ndarray:
    """The images, 0 to 1, as the pipeline applies `random_stain` with a start value of its generator."""
    import tensorflow as tf

    from cnnlab.augment.seeds import take_over

    entry = augmentation.get("random_stain")
    layer = entry(parameters=entry.parameters(**parameters), data_range=(0.0, 1.0))
    (generator,) = take_over(layer)
    generator.begin(tf.constant(seed, tf.uint32))
    return np.asarray(layer(images.astype("float32"), training=True))


def amounts(images: np.ndarray) -> np.ndarray:
    """Haematoxylin, eosin and the rest, by the formula of Ruifrok and Johnston in NumPy, float64."""
    return -np.log10(np.maximum(images.astype("float64"), 1 / 255)) @ np.linalg.inv(
        stain_matrix().astype("float64")
    )


def test_the_matrix_is_the_published_one():
    matrix = stain_matrix()
    np.testing.assert_allclose(matrix[0], HAEMATOXYLIN, atol=2e-3)
    np.testing.assert_allclose(matrix[1], EOSIN, atol=2e-3)
    np.testing.assert_allclose(np.linalg.norm(matrix, axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(matrix[2] @ matrix[:2].T, 0, atol=1e-6)


def test_no_change_is_no_change():
    np.testing.assert_allclose(stained(TISSUE, factor=0.0, shift=0.0), TISSUE, atol=1e-5)


def test_each_stain_of_an_image_is_scaled_and_shifted_as_a_whole():
    """Where nothing is clipped, amounts after are a straight line of those before, one for each image and stain."""
    before, after = amounts(TISSUE), amounts(stained(TISSUE, factor=0.1, shift=0.01))
    slopes = []
    for image in range(len(TISSUE)):
        inside = (stained(TISSUE, factor=0.1, shift=0.01)[image] < 0.999).all(axis=-1)
        for stain in range(3):
            x, y = before[image, ..., stain][inside], after[image, ..., stain][inside]
            slope, offset = np.polyfit(x, y, 1)
            np.testing.assert_allclose(y, slope * x + offset, atol=2e-4)
            assert abs(slope - 1) <= 0.1001 and abs(offset) <= 0.0101
            slopes.append(slope)
    assert len({round(slope, 4) for slope in slopes}) > 15


def test_the_start_value_decides():
    assert np.array_equal(stained(TISSUE), stained(TISSUE))
    assert not np.array_equal(stained(TISSUE), stained(TISSUE, seed=(3, 4)))
