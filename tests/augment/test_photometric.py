"""Changes of colour and brightness, by hand."""

import numpy as np
import pytest

from cnnlab.augment import augmentation
from tests.augment.samples import images, layer


@pytest.mark.keras
def test_inverting_turns_an_image_into_its_negative():
    before = images((-1.0, 1.0))
    inverted = layer(augmentation.get("random_invert"), (-1.0, 1.0), factor=(1.0, 1.0))
    assert np.allclose(inverted(before, training=True), -before, atol=1e-6)
    assert np.array_equal(inverted(before, training=False), before)


@pytest.mark.keras
def test_no_saturation_is_grey_and_half_is_no_change():
    before = images((-1.0, 1.0))
    entry = augmentation.get("random_saturation")
    grey = np.asarray(layer(entry, (-1.0, 1.0), factor=(0.0, 0.0))(before, training=True))
    assert np.allclose(grey, grey[..., :1], atol=1e-5)
    same = np.asarray(layer(entry, (-1.0, 1.0), factor=(0.5, 0.5))(before, training=True))
    assert np.allclose(same, before, atol=1e-5)
