import numpy as np
import pytest

from cnnlab.numpy_cnn.layers import Dropout


def test_training_drops_the_rate_scales_the_rest_and_backward_uses_the_same_mask():
    layer = Dropout(0.25, seed=0)
    x = np.ones((100, 200))
    y = layer.forward(x, training=True)
    assert set(np.unique(y)) == {0.0, 1 / 0.75}
    assert abs((y == 0).mean() - 0.25) < 0.01
    np.testing.assert_array_equal(layer.backward(x)[0], y)


def test_inference_and_rate_zero_change_nothing():
    x = np.random.default_rng(0).normal(size=(3, 4))
    for layer, training in ((Dropout(0.5), False), (Dropout(0.0), True)):
        np.testing.assert_array_equal(layer.forward(x, training=training), x)
        np.testing.assert_array_equal(layer.backward(x)[0], x)


def test_a_seed_repeats_the_masks_and_every_pass_draws_anew():
    x = np.ones((10, 10))
    first, second = Dropout(0.5, seed=0), Dropout(0.5, seed=0)
    once = first.forward(x, training=True)
    np.testing.assert_array_equal(once, second.forward(x, training=True))
    assert np.any(once != first.forward(x, training=True))


def test_a_rate_of_one_is_refused():
    with pytest.raises(ValueError, match="below 1, not 1"):
        Dropout(1)
