"""A list of augmentations as one function of images and start values."""

import numpy as np
import pytest

from cnnlab.augment import augmentation
from cnnlab.augment.augmenter import Augmenter
from cnnlab.items import Item
from tests.augment.samples import images

pytestmark = pytest.mark.keras


def made(*names: str) -> Augmenter:
    given = {"random_rotation": {"factor": 0.1}}
    items = [Item(name, augmentation.get(name).parameters(**given.get(name, {}))) for name in names]
    return Augmenter(tuple(items), (-1.0, 1.0))


def test_the_start_values_alone_decide():
    before, augmenter = images((-1.0, 1.0)), made("random_flip", "random_rotation")
    states = np.arange(2 * augmenter.generators, dtype=np.uint32).reshape(-1, 2)
    first = np.asarray(augmenter(before, states))
    other = np.asarray(augmenter(before, states + 7))
    assert first.shape == before.shape and not np.array_equal(first, other)
    np.testing.assert_array_equal(augmenter(before, states), first)
    np.testing.assert_array_equal(made("random_flip", "random_rotation")(before, states), first)


def test_without_augmentations_images_stay():
    before, augmenter = images((-1.0, 1.0)), made()
    assert augmenter.generators == 0
    assert augmenter(before, np.zeros((0, 2), np.uint32)) is before
