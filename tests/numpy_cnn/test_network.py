"""Graphs, predictions in chunks, losses through a whole network, learning."""

import subprocess
import sys

import numpy as np
import pytest

from cnnlab.numpy_cnn import SGD, Adam, BinaryCrossentropy, CategoricalCrossentropy, Network, Node, train
from cnnlab.numpy_cnn.fast import InferencePlan, convolve_and_pool
from cnnlab.numpy_cnn.layers import (
    Add,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    LeakyReLU,
    MaxPooling2D,
    Penalty,
    ReLU,
    Sigmoid,
    Softmax,
)
from tests.numpy_cnn.finite_differences import numeric_gradient


def weights(rng, *shape):
    return rng.normal(size=shape) / np.sqrt(max(1, np.prod(shape[:-1])))


def branched(dtype="float64", last=Softmax, seed=0):
    """A small network with a residual branch, a concatenation, batch normalization and a penalty."""
    rng = np.random.default_rng(seed)

    def conv(size, channels, filters):
        kernel, bias = weights(rng, size, size, channels, filters), weights(rng, filters)
        return Conv2D(kernel.astype(dtype), bias.astype(dtype), padding="same")

    norm = BatchNormalization(
        gamma=np.full(4, 1.5, dtype),
        beta=np.full(4, 0.1, dtype),
        moving_mean=np.zeros(4, dtype),
        moving_variance=np.ones(4, dtype),
    )
    dense = Dense(weights(rng, 6, 3).astype(dtype), weights(rng, 3).astype(dtype))
    dense.penalties = {"kernel": Penalty(l1=0.01, l2=0.02)}
    nodes = [
        Node("conv", (conv(3, 2, 4), ReLU()), ("input",)),
        Node("norm", (norm,), ("conv",)),
        Node("shortcut", (conv(1, 2, 4),), ("input",)),
        Node("add", (Add(),), ("norm", "shortcut")),
        Node("leaky", (LeakyReLU(0.1),), ("add",)),
        Node("pool", (MaxPooling2D(),), ("leaky",)),
        Node("side", (conv(2, 4, 2),), ("pool",)),
        Node("join", (Concatenate(),), ("pool", "side")),
        Node("mean", (GlobalAveragePooling2D(),), ("join",)),
        Node("dense", (dense, last()), ("mean",)),
    ]
    return Network(nodes, dtype=dtype)


def images(count=5, dtype="float64", seed=1):
    return np.random.default_rng(seed).normal(size=(count, 6, 5, 2)).astype(dtype)


@pytest.mark.parametrize("training", [False, True])
def test_backward_through_branches_agrees_with_finite_differences(training):
    network, x = branched(), images()
    upstream = np.random.default_rng(2).normal(size=(5, 3))

    def objective():
        return float((upstream * network.forward(x, training=training)).sum())

    objective()
    (dx,) = network.backward(upstream)
    gradients = network.gradients()
    assert gradients.keys() == network.weights().keys() - {"norm/moving_mean", "norm/moving_variance"}
    np.testing.assert_allclose(dx, numeric_gradient(objective, x), atol=1e-7)
    for name, gradient in gradients.items():
        expected = numeric_gradient(objective, network.weights()[name])
        np.testing.assert_allclose(gradient, expected, atol=1e-7, err_msg=name)


@pytest.mark.parametrize(
    "ends", [(Dense, Softmax), (Dense, Sigmoid), (Dense, ReLU), (Dense,), (Dense, None, Softmax)]
)
def test_gradients_of_a_score_agree_with_finite_differences(ends):
    """Of the output before a softmax or sigmoid, joined with its node or alone; "pool" feeds two nodes."""
    *nodes, dense = branched().nodes
    x, classes, names = images(), np.array([0, 2, 1, 1, 0]), ["leaky", "pool", "join"]
    scores = Node("dense", (dense.layers[0], *([ReLU()] if ReLU in ends else [])), ("mean",))
    if None in ends:
        last = [Node("dense", dense.layers[:1], ("mean",)), Node("last", (Softmax(),), ("dense",))]
    else:
        last = [Node("dense", (dense.layers[0], *(kind() for kind in ends[1:])), ("mean",))]
    found = Network([*nodes, *last], dtype="float64").score_gradients(x, classes=classes, nodes=names)
    assert list(found) == names
    for name, (output, gradient) in found.items():
        place = [node.name for node in nodes].index(name)
        after = Network([*nodes[place + 1 :], scores], inputs=(name,), dtype="float64")

        def score(after=after, output=output):
            return float(after.forward(output)[np.arange(5), classes].sum())

        np.testing.assert_allclose(gradient, numeric_gradient(score, output), atol=1e-7)


@pytest.mark.parametrize(
    ("last", "loss"),
    [
        (Softmax, CategoricalCrossentropy(label_smoothing=0.1)),
        (Sigmoid, BinaryCrossentropy(label_smoothing=0.1)),
        (Sigmoid, CategoricalCrossentropy()),  # no pair: from probabilities
        (ReLU, BinaryCrossentropy(from_logits=True)),
    ],
)
def test_loss_and_gradients_agree_with_finite_differences(last, loss):
    network, x, y = branched(last=last), images(), np.eye(3)[[0, 2, 1, 1, 0]]
    step = network.loss_and_gradients(x, y, loss)

    def objective():
        return network.loss_and_gradients(x, y, loss).loss

    assert step.loss == objective() > network.penalty() > 0
    np.testing.assert_allclose(step.inputs[0], numeric_gradient(objective, x), atol=1e-7)
    for name, gradient in step.gradients.items():
        expected = numeric_gradient(objective, network.weights()[name])
        np.testing.assert_allclose(gradient, expected, atol=1e-7, err_msg=name)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("chunk_size", [1, 2, 7, 16, None])
@pytest.mark.parametrize("workers", [1, 2, None])
def test_predict_equals_forward_for_any_chunk(dtype, chunk_size, workers):
    network, x = branched(dtype), images(7, dtype)
    y = network.predict(x, chunk_size=chunk_size, workers=workers)
    assert y.dtype == dtype and y.flags.c_contiguous and y.flags.owndata
    np.testing.assert_allclose(y, network.forward(x), rtol=0, atol=1e-6 if dtype == "float32" else 1e-13)


def test_predict_takes_no_images_and_whole_numbers():
    network = branched("float32")
    assert network.predict(images(0)).shape == (0, 3)
    pixels = np.random.default_rng(0).integers(0, 256, (3, 6, 5, 2), np.uint8)
    np.testing.assert_allclose(network.predict(pixels), network.forward(pixels), atol=1e-5)


def test_the_number_of_threads_changes_no_bit():
    network, x = branched("float32"), images(50, "float32")
    one, two = (network.predict(x, chunk_size=8, workers=workers) for workers in (1, 2))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("size", [(3, 3), (2, 2), (5, 4), (1, 2)])
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("apart", [False, True])
def test_convolution_joined_with_pooling_equals_the_two_alone(size, padding, apart):
    """Whether the ReLU belongs to the convolution's node or stands in one of its own, as in our blocks."""
    rng = np.random.default_rng(0)
    convolution = Conv2D(weights(rng, *size, 2, 3), weights(rng, 3), padding=padding)
    nodes = [Node("conv", (convolution, ReLU()), ("input",)), Node("pool", (MaxPooling2D(),), ("conv",))]
    if apart:
        nodes[:1] = [Node("alone", (convolution,), ("input",)), Node("conv", (ReLU(),), ("alone",))]
    (step,) = InferencePlan(nodes, ["input"], "float64").steps
    assert step.name == "pool"
    assert step.functions[0].func is convolve_and_pool
    network, x = Network(nodes, dtype="float64"), rng.normal(size=(5, 9, 8, 2))
    np.testing.assert_allclose(network.predict(x), network.forward(x), rtol=0, atol=1e-13)


def test_a_convolution_that_something_else_needs_is_not_joined():
    rng = np.random.default_rng(0)
    nodes = [
        Node("conv", (Conv2D(weights(rng, 3, 3, 2, 3)),), ("input",)),
        Node("pool", (MaxPooling2D(),), ("conv",)),
        Node("mean", (GlobalAveragePooling2D(),), ("conv",)),
    ]
    assert [step.name for step in InferencePlan(nodes, ["input"], "float64").steps] == [
        "conv",
        "pool",
        "mean",
    ]


def test_activations_and_weight_counts_by_name():
    network = branched()
    activations = network.activations(images())
    assert list(activations) == [node.name for node in network.nodes]
    assert activations["pool"].shape == (5, 3, 2, 4)
    assert np.all(activations["conv"] >= 0)  # the activation belongs to its layer
    counts = network.count_weights()
    assert counts["conv"] == 3 * 3 * 2 * 4 + 4
    assert counts["norm"] == 16
    assert counts["add"] == 0


def test_a_frozen_layer_has_no_gradient():
    network = branched()
    network.nodes[0].layers[0].trainable = False
    network.forward(images())
    network.backward(np.ones((5, 3)))
    assert "conv/kernel" not in network.gradients()


@pytest.mark.parametrize("optimizer", [SGD(0.5), SGD(0.1, momentum=0.9, nesterov=True), Adam(0.01)])
def test_a_network_learns_by_itself(optimizer):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 100)
    x = rng.normal(size=(100, 4, 4, 1)) + y[:, None, None, None]
    layers = {
        "conv": Conv2D(weights(rng, 3, 3, 1, 4), np.zeros(4)),
        "relu": ReLU(),
        "flatten": Flatten(),
        "dense": Dense(weights(rng, 16, 2), np.zeros(2)),
        "softmax": Softmax(),
    }
    network = Network.sequential(layers, dtype="float64")
    arguments = {"loss": CategoricalCrossentropy(), "optimizer": optimizer, "epochs": 20, "batch_size": 16}
    history = train(network, x, y, **arguments)
    assert len(history) == 20
    assert history[-1] < 0.3 < history[0]
    assert (network.predict(x).argmax(axis=1) == y).mean() > 0.9


def test_importing_needs_no_keras():
    """The new process asserts it, and would fail."""
    code = "import sys, cnnlab.numpy_cnn; assert not {'keras', 'tensorflow', 'scipy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_nodes_out_of_order_are_refused():
    with pytest.raises(ValueError, match="'b' is not new, or comes before one of its inputs"):
        Network([Node("b", (ReLU(),), ("a",)), Node("a", (ReLU(),), ("input",))])


def test_an_error_in_a_thread_arrives():
    with pytest.raises(ValueError, match="matmul"):
        branched("float32").predict(np.zeros((9, 6, 5, 3)), chunk_size=2, workers=2)
