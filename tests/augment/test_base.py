"""How layers of Keras are made for images of any range."""

import numpy as np
import pytest

from cnnlab.augment import augmentation
from cnnlab.augment.base import InUnitRange
from tests.augment.samples import cases, layer


@pytest.mark.keras
@pytest.mark.parametrize(
    "name", [name for name in augmentation if "value_range" in augmentation.get(name).parameters.model_fields]
)
def test_the_range_comes_from_the_data_unless_the_config_states_it(name):
    entry = augmentation.get(name)
    parameters = cases(name)[0]
    injected = layer(entry, (-1.0, 1.0), **parameters)
    stated = layer(entry, (-1.0, 1.0), **parameters, value_range=(0.0, 255.0))
    inner, outer = (getattr(each, "inner", each) for each in (injected, stated))
    if inner is injected:
        assert tuple(inner.value_range) == (-1.0, 1.0) and tuple(outer.value_range) == (0.0, 255.0)
    else:
        assert tuple(inner.value_range) == tuple(outer.value_range) == (0.0, 1.0)


def test_a_layer_for_0_to_1_sees_the_images_there_and_brings_them_back():
    seen = []

    def invert(images, training):
        seen.append((images.min(), images.max()))
        return 1 - images

    within = InUnitRange(invert, (-1.0, 3.0))
    before = np.array([-1.0, 0.0, 3.0])
    np.testing.assert_allclose(within(before), [3.0, 2.0, -1.0])
    assert seen == [(0.0, 1.0)]
    assert within(before, training=False) is before
