"""Whole Keras models: conversion, names, weights, outputs and gradients; and what is refused."""

import numpy as np
import pytest

from cnnlab.errors import CnnlabError
from cnnlab.numpy_cnn import (
    SGD,
    Adam,
    BinaryCrossentropy,
    CategoricalCrossentropy,
    from_keras,
    train,
    update_from_keras,
)

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def keras():
    import keras

    keras.utils.set_random_seed(0)
    return keras


def lab(keras, dtype="float64"):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1), dtype=dtype),
            layers.Conv2D(4, 3, padding="same", activation="relu", dtype=dtype, name="conv_1"),
            layers.MaxPooling2D(dtype=dtype, name="pool_1"),
            layers.Conv2D(8, 3, padding="same", activation="relu", dtype=dtype, name="conv_2"),
            layers.MaxPooling2D(dtype=dtype, name="pool_2"),
            layers.Flatten(dtype=dtype, name="flatten"),
            layers.Dense(10, activation="softmax", dtype=dtype, name="dense"),
        ]
    )


def residual(keras, dtype="float64"):
    """Branches, a nested model, a shared layer, penalties, frozen and strided layers."""
    layers, l2 = keras.layers, keras.regularizers.L2(1e-2)
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype)
    x = inputs = keras.Input((16, 15, 3), name="image", dtype=dtype)
    x = layers.Rescaling(1 / 127.5, offset=-1.0)(x)
    x = layers.Normalization(mean=[0.1, 0.2, 0.3], variance=[0.5, 1.0, 2.0])(x)
    for filters in (4, 6):
        y = layers.Conv2D(filters, 3, padding="same", strides=2, kernel_regularizer=l2)(x)
        y = layers.BatchNormalization(gamma_regularizer=keras.regularizers.L1L2(1e-3, 1e-2))(y)
        y = layers.LeakyReLU(negative_slope=0.1)(y)
        y = layers.Conv2D(filters, 2, padding="same", use_bias=False)(y)
        shortcut = layers.Conv2D(filters, 1, strides=2, name=f"shortcut_{filters}")(x)
        x = layers.ReLU()(layers.Add()([y, shortcut]))
        x = layers.Dropout(0.3)(x)
    x = layers.AveragePooling2D(2, padding="same")(x)
    x = layers.Flatten()(x)
    head = keras.Sequential(
        [keras.Input((24,), dtype=dtype), layers.Dense(8, activation="elu", name="inner")], name="head"
    )
    shared = layers.Dense(8, activation="tanh", bias_regularizer=keras.regularizers.L1(0.1), name="shared")
    x = head(x)
    x = layers.Concatenate()([shared(x), shared(shared(x)), x])
    outputs = layers.Dense(3, name="scores")(x)
    outputs = layers.Softmax(name="probabilities")(outputs)
    keras.config.set_dtype_policy(policy)
    return keras.Model(inputs, outputs, name="residual")


def short(weight, model):
    """The path of a Keras weight without the name of the model around it, which Keras may have numbered."""
    return weight.path.removeprefix(f"{model.name}/")


def pixels(model, count=6):
    return np.random.default_rng(0).uniform(0, 255, (count, *model.input_shape[1:]))


def keras_gradients(keras, model, x, y, training):
    import tensorflow as tf

    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        output = model(x, training=training)
        loss = tf.reduce_mean(keras.losses.categorical_crossentropy(y, output)) + sum(model.losses)
    gradients = tape.gradient(loss, [x, *model.trainable_weights])
    return float(loss), [np.asarray(gradient) for gradient in gradients]


@pytest.mark.parametrize("build", [lab, residual])
def test_output_counts_and_gradients(keras, build):
    model = build(keras)
    network, x = from_keras(model), pixels(model)
    assert network.dtype == "float64"
    assert sum(network.count_weights().values()) == model.count_params()
    np.testing.assert_allclose(network.forward(x), np.asarray(model(x)), rtol=0, atol=1e-12)
    np.testing.assert_allclose(network.predict(x), np.asarray(model(x)), rtol=0, atol=1e-12)
    y = np.eye(model.output_shape[-1])[[0, 2, 1, 1, 0, 2]]
    loss, (dx, *gradients) = keras_gradients(keras, model, x, y, training=False)
    step = network.loss_and_gradients(x, y, CategoricalCrossentropy())
    assert step.loss == pytest.approx(loss, abs=1e-12)
    np.testing.assert_allclose(step.inputs[0], dx, rtol=0, atol=1e-12)
    assert list(step.gradients) == [short(weight, model) for weight in model.trainable_weights]
    for (name, ours), theirs in zip(step.gradients.items(), gradients, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-11, err_msg=name)


def test_the_lab_network_by_layer(keras):
    model = lab(keras)
    network, x = from_keras(model), pixels(model)
    assert network.count_weights() == {layer.name: layer.count_params() for layer in model.layers}
    assert sum(network.count_weights().values()) == 4266
    value = x
    for layer, (name, ours) in zip(model.layers, network.activations(x).items(), strict=True):
        value = layer(value)
        assert name == layer.name
        np.testing.assert_allclose(ours, np.asarray(value), rtol=0, atol=1e-10)


def test_batch_normalization_in_training_moves_as_in_keras(keras):
    model = residual(keras)
    for layer in model.layers:
        if "dropout" in layer.name:
            layer.rate = 0.0
    network, x = from_keras(model), pixels(model)
    np.testing.assert_allclose(
        network.forward(x, training=True), np.asarray(model(x, training=True)), rtol=0, atol=1e-12
    )
    for layer in model.layers:
        for weight in layer.non_trainable_weights:
            ours = network.weights().get(short(weight, model))
            if ours is not None:
                np.testing.assert_allclose(ours, weight.numpy(), rtol=0, atol=1e-12, err_msg=weight.path)


def test_weights_can_be_taken_over_again(keras):
    model, other = residual(keras), residual(keras)
    network, x = from_keras(model), pixels(model)
    model.set_weights([weight + 0.1 for weight in model.get_weights()])
    update_from_keras(network, model)
    np.testing.assert_allclose(network.forward(x), np.asarray(model(x)), rtol=0, atol=1e-12)
    with pytest.raises(CnnlabError, match="has no weights named"):
        update_from_keras(from_keras(lab(keras)), other)


def test_float32_and_another_dtype(keras):
    model = lab(keras, "float32")
    assert from_keras(model).predict(pixels(model)).dtype == np.float32
    assert from_keras(model, dtype="float64").predict(pixels(model)).dtype == np.float64


def test_a_frozen_model_has_only_the_gradients_that_keras_has(keras):
    model = residual(keras)
    for layer in model.layers[:6]:
        layer.trainable = False
    network = from_keras(model)
    y = np.eye(3)[[0] * 6]
    step = network.loss_and_gradients(pixels(model), y, CategoricalCrossentropy(), training=False)
    assert list(step.gradients) == [short(weight, model) for weight in model.trainable_weights]
    assert network.penalty() == pytest.approx(float(sum(model.losses)))


@pytest.mark.parametrize(
    ("ours", "name", "arguments"),
    [
        (SGD, "SGD", {"learning_rate": 0.1}),
        (SGD, "SGD", {"learning_rate": 0.1, "momentum": 0.9}),
        (SGD, "SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
        (Adam, "Adam", {"learning_rate": 0.01}),
        (Adam, "Adam", {"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}),
    ],
)
def test_optimizers_step_like_keras(keras, ours, name, arguments):
    rng = np.random.default_rng(0)
    weight = rng.normal(size=(3, 4))
    variable = keras.Variable(weight, dtype="float64")
    theirs, ours = getattr(keras.optimizers, name)(**arguments), ours(**arguments)
    for _ in range(5):
        gradient = rng.normal(size=weight.shape)
        ours.step({"w": weight}, {"w": gradient})
        theirs.apply([keras.ops.convert_to_tensor(gradient)], [variable])
    np.testing.assert_allclose(weight, variable.numpy(), rtol=0, atol=1e-6)  # Keras keeps the rate in float32


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("from_logits", [False, True])
def test_losses_like_keras(keras, smoothing, from_logits):
    rng = np.random.default_rng(0)
    y = np.eye(4)[rng.integers(0, 4, 6)]
    p = rng.normal(size=(6, 4)) if from_logits else rng.uniform(0, 1, (6, 4))
    settings = {"from_logits": from_logits, "label_smoothing": smoothing}
    for ours, theirs in (
        (CategoricalCrossentropy, keras.losses.CategoricalCrossentropy),
        (BinaryCrossentropy, keras.losses.BinaryCrossentropy),
    ):
        expected = float(theirs(**settings, dtype="float64")(y, p))
        assert ours(**settings).value(y, p) == pytest.approx(expected, rel=1e-7)


def test_training_agrees_with_keras_step_by_step(keras):
    model = lab(keras)
    network, x = from_keras(model), pixels(model, 8) / 255
    y = np.arange(8) % 10
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=False)
    theirs = [float(model.train_on_batch(x, y)) for _ in range(3)]
    ours = train(network, x, y, loss=CategoricalCrossentropy(), optimizer=Adam(), epochs=3, batch_size=8)
    for index, weight in enumerate(model.get_weights()):
        np.testing.assert_allclose(list(network.weights().values())[index], weight, rtol=0, atol=1e-5)
    assert ours[0] == pytest.approx(theirs[0], rel=1e-5)


def refused(keras, make):
    layer = make(keras.layers)
    layer.name = "odd_one"
    inputs = keras.Input((8, 8, 4))
    return keras.Model(inputs, layer(inputs))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda k: k.DepthwiseConv2D(3),
            "'odd_one' of class DepthwiseConv2D has no twin.*AveragePooling2D, .*Z",
        ),
        (lambda k: k.Conv2D(4, 3, groups=2), "'odd_one' of class Conv2D has groups=2; .* only groups=1"),
        (lambda k: k.Conv2D(4, 3, activation="gelu"), "'odd_one' of class Conv2D has the activation gelu"),
        (lambda k: k.ReLU(max_value=6), "has max_value=6"),
        (lambda k: k.BatchNormalization(axis=1), "has axis=1"),
        (lambda k: k.Softmax(axis=1), "has axis=1"),
        (lambda k: k.Dense(2, kernel_regularizer="orthogonal_regularizer"), "has the regularizer Orthogonal"),
        (lambda k: k.Dense(2, activity_regularizer="l2"), "has activity_regularizer="),
        (lambda k: type("Dense", (k.Dense,), {})(2), "'odd_one' of class Dense has no twin"),
    ],
)
def test_what_has_no_twin_is_refused_by_name(keras, make, message):
    with pytest.raises(CnnlabError, match=message):
        from_keras(refused(keras, make))


def test_other_things_are_refused(keras):
    with pytest.raises(CnnlabError, match="expected, received int"):
        from_keras(3)
    with pytest.raises(CnnlabError, match="that has been built"):
        from_keras(keras.Sequential([keras.layers.Dense(3)], name="unbuilt"))
    inputs = keras.Input((4,))
    with pytest.raises(CnnlabError, match="2 outputs; one is expected"):
        from_keras(keras.Model(inputs, [keras.layers.ReLU()(inputs), keras.layers.ELU()(inputs)]))
    with pytest.raises(CnnlabError, match="has no twin"):
        from_keras(keras.Model(inputs, inputs + 1.0))
    with pytest.raises(CnnlabError, match="float16"):
        from_keras(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]), dtype="float16")


def test_run_model_lists_what_the_network_lists(keras):
    from cnnlab.verify.keras_side import run_model

    model = residual(keras)
    network, x = from_keras(model), pixels(model)
    upstream = np.random.default_rng(1).normal(size=model(x).shape)
    theirs, ours = run_model(model, x, upstream), network.activations(x)
    assert set(ours) - set(theirs.outputs) == {"head/inner"}
    for name, output in theirs.outputs.items():
        np.testing.assert_allclose(ours[name], output, rtol=0, atol=1e-12, err_msg=name)
    (dx,) = network.backward(upstream)
    np.testing.assert_allclose(dx, theirs.input_gradients[0], rtol=0, atol=1e-12)
    gradients = network.gradients()
    assert list(gradients) == list(theirs.weight_gradients)
    for name, gradient in theirs.weight_gradients.items():
        np.testing.assert_allclose(gradients[name], gradient, rtol=0, atol=1e-11, err_msg=name)
