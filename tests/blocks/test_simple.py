"""Blocks of one layer."""

import numpy as np
import pytest

from tests.blocks.samples import applied

pytestmark = pytest.mark.keras


def test_dropout_acts_in_training_alone_and_keeps_the_mean():
    model = applied(("dropout", {"rate": 0.25}, (10_000,), ()))
    ones = np.ones((1, 10_000), np.float32)
    np.testing.assert_array_equal(model(ones, training=False), ones)
    dropped = np.asarray(model(ones, training=True))
    assert set(np.unique(dropped)) == {np.float32(0), np.float32(4 / 3)}
    assert abs((dropped == 0).mean() - 0.25) < 5 * np.sqrt(0.25 * 0.75 / 10_000)  # five standard errors


def test_batch_normalization_penalizes_gamma_and_beta():
    model = applied(("batch_norm", {"l2": 0.5}, (4,), ()))
    assert sum(float(loss) for loss in model.losses) == pytest.approx(0.5 * 4)  # gamma is 1, beta 0


def test_a_linear_activation_is_no_layer():
    model = applied(("activation", {"function": "linear"}, (6,), ()))
    assert len(model.layers) == 1
