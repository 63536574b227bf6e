"""The networks that a file's `CNN` is given: the lab's, and some that ask for more."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnnlab.judge.references import Array, Layers, Reference, network_layers

LAB = ("conv 4", "pool", "conv 8", "pool", "flatten", "dense 10")


@dataclass(frozen=True)
class Setup:
    """The arguments of `setup_model`: W and b have one entry for each layer, an empty one where it has no weights."""

    W: list[Array]
    b: list[Array]
    lname: tuple[str, ...]
    activation: str = "relu"

    def layers(self) -> Layers:
        """The network as the reference takes it."""
        return network_layers(self.W, self.b, self.lname, self.activation)


@dataclass(frozen=True)
class NetworkCase:
    """A network with images, and the answer that is right: probabilities, or the number of weights."""

    label: str
    grade: str
    setup: Setup
    x: Array
    expected: Array


def draw_setup(
    rng: np.random.Generator, words: Sequence[str], shape: tuple[int, int, int], activation: str = "relu"
) -> Setup:
    """Draw float32 weights for layers such as ``conv 4``; kernels are 3x3, biases far from zero."""
    height, width, channels = shape
    W: list[Array] = []
    b: list[Array] = []
    for word in words:
        kind, _, units = word.partition(" ")
        n = int(units or 0)
        kernel, bias = np.zeros(0), np.zeros(0)
        if kind == "conv":
            kernel = rng.normal(size=(3, 3, channels, n)) / np.sqrt(9 * channels)
            bias, channels = rng.uniform(-0.5, 0.5, n), n
        elif kind == "pool":
            height, width = height // 2, width // 2
        elif kind == "flatten":
            height, width, channels = 1, 1, height * width * channels
        else:
            kernel = 1.5 * rng.normal(size=(n, channels)) / np.sqrt(channels)
            bias, channels = rng.uniform(-0.5, 0.5, (n, 1)), n
        W.append(kernel.astype(np.float32))
        b.append(bias.astype(np.float32))
    return Setup(W, b, tuple(word.split()[0] for word in words), activation)


def network_cases(reference: Reference, digits: Array, seed: int = 0) -> list[NetworkCase]:
    """The lab's network on digits and noise first; then more."""
    rng = np.random.default_rng([seed, 2])
    noise = rng.uniform(-1, 1, size=(2, 28, 28, 1)).astype(np.float32)
    lab = np.concatenate([digits[:2], noise])
    deep = ("conv 2", "pool", "pool", "conv 3", "pool", "flatten", "dense 10")
    cases = []

    def add(label: str, grade: str, words: Sequence[str], x: Array, activation: str = "relu") -> None:
        setup = draw_setup(rng, words, x.shape[1:], activation)
        expected = reference.predict(setup.layers(), x.astype(np.float64))
        cases.append(NetworkCase(label, grade, setup, x, expected))

    def noisy(*shape: int) -> Array:
        return rng.uniform(-1, 1, size=(3, *shape)).astype(np.float32)

    equal = ("conv 3", "conv 3", "pool", "conv 3", "flatten", "dense 10")
    two_dense = ("conv 2", "pool", "flatten", "dense 12", "dense 12", "dense 10")
    hidden = ("conv 3", "pool", "flatten", "dense 8", "dense 10")
    add("the lab's network", "required", LAB, lab)
    add("three equal convolutions", "required", equal, noisy(8, 8, 3))
    add("a third pooling step", "robust", deep, lab[1:3])
    add("two dense layers", "robust", two_dense, noisy(8, 8, 2))
    add("sigmoid in the hidden layers", "robust", hidden, noisy(8, 8, 1), "sigmoid")
    return cases


def counting_cases(seed: int = 0) -> list[NetworkCase]:
    """The lab's 4,266 weights, and a network for which every way of counting gives another number."""
    rng = np.random.default_rng([seed, 3])
    cases = []
    for label, words, shape in (
        ("the lab's network", LAB, (28, 28, 1)),
        ("another network", ("conv 3", "conv 5", "pool", "flatten", "dense 7", "dense 10"), (6, 6, 2)),
    ):
        setup = draw_setup(rng, words, shape)
        count = np.asarray(sum(a.size for a in (*setup.W, *setup.b)))
        cases.append(NetworkCase(label, "required", setup, np.zeros((1, *shape), np.float32), count))
    return cases
