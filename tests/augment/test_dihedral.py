"""The eight symmetries: each about as often, nothing lost, nothing else."""

import numpy as np
import pytest

from cnnlab.augment import augmentation

pytestmark = pytest.mark.keras


def views(image: np.ndarray) -> list[np.ndarray]:
    """All symmetries of a square image, (height, width, channels)."""
    turned = [np.rot90(image, k) for k in range(4)]
    return turned + [each[:, ::-1] for each in turned]


def test_all_eight_come_alike():
    """800 copies of one image: eight kinds, each 100 times but for chance (sd 9.4)."""
    image = np.random.default_rng(0).normal(size=(5, 5, 2)).astype("float32")
    entry = augmentation.get("random_d4")
    after = np.asarray(entry(parameters=entry.parameters())(np.stack([image] * 800), training=True))
    counts = [sum(np.array_equal(each, view) for each in after) for view in views(image)]
    assert sum(counts) == 800
    assert min(counts) > 60 and max(counts) < 140


def test_an_oblong_image_keeps_its_shape():
    image = np.random.default_rng(0).normal(size=(3, 5, 1)).astype("float32")
    entry = augmentation.get("random_d4")
    after = np.asarray(entry(parameters=entry.parameters())(np.stack([image] * 200), training=True))
    kinds = [image, image[::-1], image[:, ::-1], image[::-1, ::-1]]
    assert sum(np.array_equal(each, kind) for each in after for kind in kinds) == 200
