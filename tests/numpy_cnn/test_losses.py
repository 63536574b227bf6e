import numpy as np
import pytest

from cnnlab.numpy_cnn import BinaryCrossentropy, CategoricalCrossentropy
from cnnlab.numpy_cnn.layers import Penalty
from tests.numpy_cnn.finite_differences import numeric_gradient

LOSSES = [CategoricalCrossentropy, BinaryCrossentropy]


@pytest.mark.parametrize("loss_class", LOSSES)
@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_gradient_agrees_with_finite_differences(loss_class, from_logits, smoothing):
    rng = np.random.default_rng(0)
    loss = loss_class(from_logits=from_logits, label_smoothing=smoothing)
    y = np.eye(3)[[0, 1, 2, 1]]
    predictions = rng.normal(size=(4, 3)) if from_logits else rng.uniform(0.1, 0.9, (4, 3))
    gradient = loss.gradient(y, predictions)
    expected = numeric_gradient(lambda: loss.value(y, predictions), predictions)
    np.testing.assert_allclose(gradient, expected, atol=1e-8)


def test_values_by_hand():
    y = np.array([[1.0, 0.0], [0.0, 1.0]])
    p = np.array([[0.5, 0.5], [0.75, 0.25]])
    assert CategoricalCrossentropy().value(y, p) == pytest.approx((np.log(2) + np.log(4)) / 2)
    assert CategoricalCrossentropy().value(np.array([0, 1]), p) == pytest.approx(1.5 * np.log(2))
    assert BinaryCrossentropy().value(y, p) == pytest.approx(1.5 * np.log(2))  # a mean over all four


@pytest.mark.parametrize("loss_class", LOSSES)
def test_large_logits_give_finite_losses(loss_class):
    loss = loss_class(from_logits=True)
    y, z = np.array([[1.0, 0.0]]), np.array([[-1000.0, 1000.0]])
    assert loss.value(y, z) == pytest.approx(2000 if loss_class is CategoricalCrossentropy else 1000)
    assert np.all(np.isfinite(loss.gradient(y, z)))


@pytest.mark.parametrize("loss_class", LOSSES)
@pytest.mark.parametrize("from_logits", [False, True])
def test_float32_stays_float32(loss_class, from_logits):
    y, p = np.eye(2), np.array([[0.2, 0.8], [0.6, 0.4]], np.float32)
    assert loss_class(from_logits=from_logits, label_smoothing=0.1).gradient(y, p).dtype == np.float32


def test_penalty_by_hand():
    penalty, w = Penalty(l1=1.0, l2=0.5), np.array([3.0, -2.0, 0.0])
    assert penalty.value(w) == 5 + 0.5 * 13
    np.testing.assert_array_equal(penalty.gradient(w), [1 + 3, -1 - 2, 0])
