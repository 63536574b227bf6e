"""The networks that a file's `CNN` is given: the lab's, and some that ask for more."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnnlab.judge.plain import Array
from cnnlab.judge.references import Reference

LAB = ("conv 4", "pool", "conv 8", "pool", "flatten", "dense 10")


@dataclass(frozen=True)
class NetworkCase:
    """A network with weights and images, and the probabilities that are right."""

    label: str
    grade: str
    lname: tuple[str, ...]
    weights: dict[str, Array]
    """``W0``, ``b0``, ... for the layers that have weights."""
    x: Array
    expected: Array
    activation: str = "relu"

    def lists(self) -> tuple[list[Array], list[Array]]:
        """W and b with one entry for each layer."""
        empty = np.zeros(0)
        W, b = ([self.weights.get(f"{kind}{i}", empty) for i in range(len(self.lname))] for kind in "Wb")
        return W, b

    def layers(self) -> list[tuple[str, Array, Array, str]]:
        """The network as the reference takes it."""
        return reference_layers(self.lname, self.weights, self.activation)


def reference_layers(
    lname: Sequence[str], weights: dict[str, Array], activation: str = "relu"
) -> list[tuple[str, Array, Array, str]]:
    """(kind, W, b, activation) for each layer; in float64."""
    layers = []
    for i, kind in enumerate(lname):
        act = "softmax" if i == len(lname) - 1 else activation if kind in ("conv", "dense") else "linear"
        W, b = (np.asarray(weights.get(f"{part}{i}", ()), np.float64) for part in "Wb")
        layers.append((kind, W, b, act))
    return layers


def draw_weights(
    rng: np.random.Generator,
    words: Sequence[str],
    shape: tuple[int, int, int],
    kernel: tuple[int, int] = (3, 3),
) -> dict[str, Array]:
    """Draw float32 weights for layers such as ``conv 4``; biases are far from zero."""
    height, width, channels = shape
    weights: dict[str, Array] = {}
    for i, word in enumerate(words):
        kind, _, units = word.partition(" ")
        n = int(units or 0)
        if kind == "conv":
            weights[f"W{i}"] = rng.normal(size=(*kernel, channels, n)) / np.sqrt(
                kernel[0] * kernel[1] * channels
            )
            weights[f"b{i}"], channels = rng.uniform(-0.5, 0.5, n), n
        elif kind == "pool":
            height, width = height // 2, width // 2
        elif kind == "flatten":
            height, width, channels = 1, 1, height * width * channels
        else:
            weights[f"W{i}"] = 1.5 * rng.normal(size=(n, channels)) / np.sqrt(channels)
            weights[f"b{i}"], channels = rng.uniform(-0.5, 0.5, (n, 1)), n
    return {name: array.astype(np.float32) for name, array in weights.items()}


def network_cases(reference: Reference, digits: Array, seed: int = 0) -> list[NetworkCase]:
    """The lab's network on digits and noise first; then more."""
    rng = np.random.default_rng([seed, 2])
    noise = rng.uniform(-1, 1, size=(2, 28, 28, 1)).astype(np.float32)
    lab = np.concatenate([digits[:2], noise])
    equal = ("conv 3", "conv 3", "pool", "conv 3", "flatten", "dense 10")
    return [
        _case(reference, rng, "the lab's network", "required", LAB, lab),
        _case(reference, rng, "three equal convolutions", "required", equal, _noise(rng, (8, 8, 3))),
        _case(
            reference,
            rng,
            "a third pooling step",
            "robust",
            ("conv 2", "pool", "pool", "conv 3", "pool", "flatten", "dense 10"),
            lab[1:3],
        ),
        _case(
            reference,
            rng,
            "two dense layers",
            "robust",
            ("conv 2", "pool", "flatten", "dense 12", "dense 12", "dense 10"),
            _noise(rng, (8, 8, 2)),
        ),
        _case(
            reference,
            rng,
            "sigmoid in the hidden layers",
            "robust",
            ("conv 3", "pool", "flatten", "dense 8", "dense 10"),
            _noise(rng, (8, 8, 1)),
            "sigmoid",
        ),
    ]


def counting_cases(seed: int = 0) -> list[NetworkCase]:
    """The lab's 4,266 weights, and a network for which every way of counting gives another number."""
    rng = np.random.default_rng([seed, 3])
    cases = []
    for label, words, shape in (
        ("the lab's network", LAB, (28, 28, 1)),
        ("another network", ("conv 3", "conv 5", "pool", "flatten", "dense 7", "dense 10"), (6, 6, 2)),
    ):
        weights = draw_weights(rng, words, shape)
        lname = tuple(word.split()[0] for word in words)
        count = np.asarray(sum(a.size for a in weights.values()))
        cases.append(NetworkCase(label, "required", lname, weights, np.zeros((1, *shape), np.float32), count))
    return cases


def _noise(rng: np.random.Generator, shape: tuple[int, int, int]) -> Array:
    return rng.uniform(-1, 1, size=(3, *shape)).astype(np.float32)


def _case(
    reference: Reference,
    rng: np.random.Generator,
    label: str,
    grade: str,
    words: Sequence[str],
    x: Array,
    activation: str = "relu",
) -> NetworkCase:
    weights = draw_weights(rng, words, x.shape[1:])
    lname = tuple(word.split()[0] for word in words)
    expected = reference.predict(reference_layers(lname, weights, activation), x.astype(np.float64))
    return NetworkCase(label, grade, lname, weights, x, expected, activation)
