"""Blank images are counted by split, and thin lines on white paper are none."""

import numpy as np

from cnnlab.datasets.audit.look import look_at
from cnnlab.datasets.audit.plain import plain_images
from tests.datasets.audit.samples import dataset_of, textured


def test_images_of_one_value_nearly_white_and_nearly_black_ones() -> None:
    """Each image is of one kind; an image with a line, or with a star, is of none."""
    rng = np.random.default_rng(0)
    images = textured(8)
    images[0], images[1] = 0, 255
    images[2] = rng.integers(225, 256, images[2].shape)
    images[3] = rng.integers(0, 12, images[3].shape)
    images[4], images[5] = 255, 0
    images[4, 10] = 0
    images[5, 10, 10] = 255
    found = list(plain_images(look_at(dataset_of(images, images[2:4]))))
    assert [(each.kind, each.parts, each.count, each.images) for each in found] == [
        ("one value", ("train",), 2, 8),
        ("nearly white", ("train",), 1, 8),
        ("nearly white", ("test",), 1, 2),
        ("nearly black", ("train",), 1, 8),
        ("nearly black", ("test",), 1, 2),
    ]
    assert found[0].text == "2 of 8 train images are of one value in all pixels."
    assert not any(each.grave for each in found)
