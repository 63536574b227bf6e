"""What every layer promises, checked without Keras."""

import numpy as np
import pytest

from cnnlab.numpy_cnn.fast import batch_last, infer
from cnnlab.numpy_cnn.layers import (
    Add,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    MaxPooling2D,
    Sigmoid,
    Softmax,
)
from tests.numpy_cnn.finite_differences import assert_backward_is_right
from tests.numpy_cnn.layer_samples import SAMPLES, sample

every_sample = pytest.mark.parametrize("name", SAMPLES)


@every_sample
@pytest.mark.parametrize("training", [False, True])
def test_backward_agrees_with_finite_differences(name, training):
    layer, inputs = sample(name)
    if name == "dropout" and training:
        pytest.skip("draws a new mask at every pass; see test_dropout.py")
    assert_backward_is_right(layer, *inputs, training=training)


@every_sample
def test_fast_path_equals_plain_path(name):
    layer, inputs = sample(name)
    fast = batch_last(infer(layer, *(batch_last(x) for x in inputs)))
    np.testing.assert_allclose(fast, layer.forward(*inputs), rtol=0, atol=1e-13)


@every_sample
def test_float32_stays_float32(name):
    layer, inputs = sample(name, np.float32)
    for training in (False, True):
        y = layer.forward(*inputs, training=training)
        gradients = [*layer.backward(y), *layer.gradients.values(), *layer.weights.values()]
        assert {a.dtype for a in [y, infer(layer, *map(batch_last, inputs)), *gradients]} == {y.dtype}
        assert y.dtype == np.float32


@every_sample
def test_no_layer_writes_into_its_inputs(name):
    """With read-only arrays a write would raise."""
    layer, inputs = sample(name)
    swapped = [batch_last(x) for x in inputs]
    upstream = np.random.default_rng(1).normal(size=layer.forward(*inputs).shape)
    for array in (*inputs, *swapped, upstream):
        array.flags.writeable = False  # writing raises
    infer(layer, *swapped)
    for training in (False, True):
        layer.forward(*inputs, training=training)
        layer.backward(upstream)


@every_sample
def test_shapes_with_a_batch_of_one(name):
    layer, inputs = sample(name)
    ones = [x[:1] for x in inputs]
    y = layer.forward(*ones)
    assert len(y) == 1
    assert [g.shape for g in layer.backward(y)] == [x.shape for x in ones]
    np.testing.assert_allclose(batch_last(infer(layer, *map(batch_last, ones))), y, rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    ("name", "broken", "damage"),
    [
        ("conv same", Conv2D, lambda dx: dx[:, ::-1]),
        ("dense", Dense, lambda dx: dx * 1.001),
        ("max pooling", MaxPooling2D, lambda dx: dx + 1e-3),
        ("average pooling overlapping", AveragePooling2D, lambda dx: dx * 0.99),
        ("batch normalization", BatchNormalization, lambda dx: dx + dx.mean()),
        ("softmax", Softmax, lambda dx: dx + 1.0),  # an upstream of ones would give 0 and not see this scaled
        ("sigmoid", Sigmoid, lambda dx: -dx),
        ("add", Add, lambda dx: dx / 2),
    ],
)
def test_a_wrong_backward_is_caught(monkeypatch, name, broken, damage):
    right = broken.backward
    monkeypatch.setattr(broken, "backward", lambda self, g: tuple(map(damage, right(self, g))))
    layer, inputs = sample(name)
    with pytest.raises(AssertionError):
        assert_backward_is_right(layer, *inputs)


def test_a_wrong_weight_gradient_is_caught(monkeypatch):
    layer, inputs = sample("conv same")
    right = Conv2D.backward

    def backward(self, upstream):
        result = right(self, upstream)
        self.gradients["bias"] = upstream.mean(axis=(0, 1, 2))
        return result

    monkeypatch.setattr(Conv2D, "backward", backward)
    with pytest.raises(AssertionError, match="bias"):
        assert_backward_is_right(layer, *inputs)


def test_a_softmax_that_forgets_the_sum_passes_only_an_upstream_of_ones(monkeypatch):
    monkeypatch.setattr(Softmax, "backward", lambda self, g: (g * 0.0,))
    layer, inputs = sample("softmax")
    layer.forward(*inputs)
    assert np.all(layer.backward(np.ones((3, 6)))[0] == 0)  # right, by luck
    with pytest.raises(AssertionError):
        assert_backward_is_right(layer, *inputs)
