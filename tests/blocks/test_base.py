"""Layers that several blocks are made of."""

import numpy as np
import pytest

from tests.blocks.samples import applied

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    "activation",
    ["relu", "leaky_relu", "elu", "gelu", "selu", "silu", "sigmoid", "softplus", "tanh", "linear"],
)
def test_activations_are_those_of_keras(activation):
    import keras

    x = np.linspace(-3, 3, 7, dtype="float32")[None]
    model = applied(("activation", {"function": activation, "negative_slope": 0.1}, (7,), (7,)))
    expected = (
        keras.ops.leaky_relu(x, 0.1) if activation == "leaky_relu" else keras.activations.get(activation)(x)
    )
    assert np.allclose(model(x), expected)


def test_penalties_initialisers_and_batch_norm_arrive_in_the_layers():
    model = applied(("conv_block", {"filters": 2, "l1": 0.1, "l2": 0.2, "batch_norm": True, "momentum": 0.9,
                     "epsilon": 1e-5, "kernel_initializer": "he_normal"}, (9, 8, 3), ()))  # fmt: skip
    conv, norm = model.get_layer("conv_block_1_conv_1"), model.get_layer("conv_block_1_batch_norm_2")
    assert (float(conv.kernel_regularizer.l1), float(conv.kernel_regularizer.l2)) == pytest.approx((0.1, 0.2))
    assert type(conv.kernel_initializer).__name__ == "HeNormal"
    assert (norm.momentum, norm.epsilon) == (0.9, 1e-5)
    kernel = np.asarray(conv.kernel)
    penalties = 0.1 * np.abs(kernel).sum() + 0.2 * (kernel**2).sum()
    assert float(model.losses[0]) == pytest.approx(penalties, rel=1e-5)
