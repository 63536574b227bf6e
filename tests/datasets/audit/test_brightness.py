"""Classes of unlike brightness are reported where it would do in the place of what is meant."""

import numpy as np
import pytest

from cnnlab.datasets.audit.brightness import class_brightness, unlike_brightness
from cnnlab.datasets.audit.look import look_at
from tests.datasets.audit.samples import dataset_of, textured


def test_classes_two_standard_deviations_apart_are_reported() -> None:
    """With the means of the darkest and the brightest class; half as far apart they are not."""
    for distance, reported in ((30, False), (90, True)):
        rng = np.random.default_rng(0)
        level = rng.normal(100, 25, 400) + distance * (np.arange(400) % 2)
        images = np.broadcast_to(
            level.clip(0, 255).astype(np.uint8)[:, None, None, None], (400, 16, 16, 1)
        ).copy()
        looks = look_at(dataset_of(images))
        classes = class_brightness(looks, ("cat", "dog"))
        found = list(unlike_brightness(looks, classes))
        assert bool(found) is reported
        for k, one in enumerate(classes):
            values = images[k::2].mean(axis=(1, 2, 3))
            assert (one.images, one.mean) == (200, pytest.approx(values.mean()))
            assert one.sd == pytest.approx(values.std(ddof=1))
    assert "(cat) to" in found[0].text and "(dog) of 255" in found[0].text


def test_few_images_and_one_class_are_not_judged() -> None:
    """An image of each class says nothing of classes; nor does a single class, nor images that are all alike."""
    cases = [
        (textured(2), None),
        (textured(6), {"train": [1] * 6}),
        (np.full((6, 8, 8, 1), 9, np.uint8), None),
    ]
    for images, labels in cases:
        looks = look_at(dataset_of(images, labels=labels))
        assert not list(unlike_brightness(looks, class_brightness(looks, ("cat", "dog"))))
