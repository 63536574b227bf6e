"""One batch through one network."""

import numpy as np
import pytest

from cnnlab.backends import active


@pytest.mark.keras
def test_batches_may_differ_in_size_and_hold_bytes() -> None:
    import keras

    model = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten()])
    forward = active().forward(model)
    for size in (1, 3, 2):
        pixels = np.arange(size * 4, dtype=np.uint8).reshape(size, 2, 2, 1)
        found = forward(pixels)
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, pixels.reshape(size, 4))
