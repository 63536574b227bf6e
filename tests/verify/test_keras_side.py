"""What Keras gives for one pass forwards and one backwards: a dense layer by hand."""

import numpy as np
import pytest

from cnnlab.verify.cases import LayerCase
from cnnlab.verify.keras_side import build_layer, randomize, run_layer, run_model

pytestmark = pytest.mark.keras

X, UPSTREAM = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[1.0, 0.0, 2.0], [0.5, 1.0, 0.0]])


def test_a_layer_is_built_with_random_weights_and_positive_variances():
    rng = np.random.default_rng(0)
    layer = build_layer(LayerCase("BatchNormalization", {}, ((8, 4),)), "float64", rng)
    weights = {variable.name: np.asarray(variable.numpy()) for variable in layer.weights}
    assert all(len(np.unique(value)) == 4 for value in weights.values())  # biases, too
    assert (weights["moving_variance"] > 0.5).all() and weights["gamma"].dtype == np.float64
    randomize(layer, rng)
    assert not np.array_equal(layer.gamma.numpy(), weights["gamma"])


def test_gradients_of_a_dense_layer_by_hand():
    layer = build_layer(LayerCase("Dense", {"units": 3}, ((2, 2),)), "float64", np.random.default_rng(0))
    kernel, bias = (np.asarray(value) for value in layer.get_weights())
    found = run_layer(layer, [X], UPSTREAM)
    np.testing.assert_allclose(found.outputs[layer.name], X @ kernel + bias)
    np.testing.assert_allclose(found.input_gradients[0], UPSTREAM @ kernel.T)
    np.testing.assert_allclose(found.weight_gradients["kernel"], X.T @ UPSTREAM)
    np.testing.assert_allclose(found.weight_gradients["bias"], UPSTREAM.sum(axis=0))


def test_a_model_gives_every_layers_output_and_weights_by_layer():
    import keras

    layers = [
        keras.layers.Dense(3, name="one", dtype="float64"),
        keras.layers.ReLU(name="two", dtype="float64"),
    ]
    model = keras.Sequential([keras.Input((2,), dtype="float64"), *layers])
    found = run_model(model, X, UPSTREAM)
    before = X @ layers[0].kernel.numpy() + layers[0].bias.numpy()
    np.testing.assert_allclose(found.outputs["one"], before)
    np.testing.assert_allclose(found.outputs["two"], np.maximum(before, 0))
    of_layer = UPSTREAM * (before > 0)
    assert set(found.weight_gradients) == {"one/kernel", "one/bias"}
    np.testing.assert_allclose(found.weight_gradients["one/kernel"], X.T @ of_layer)
    np.testing.assert_allclose(found.input_gradients[0], of_layer @ layers[0].kernel.numpy().T)
