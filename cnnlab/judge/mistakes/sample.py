"""Known mistakes in `feedforward_sample`: how the layers are put together."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cnnlab.judge.mistakes.base import Impossible, Mistakes
from cnnlab.judge.references import RIGHT, Array

SAMPLE = Mistakes()
Weights = Sequence[Any]
Way = Callable[[Array, Weights, Weights, Sequence[str], str], Array]
Pick = Callable[[list[int], int], int]
"""Of the layers of a kind, the position of the one whose weights are taken at a position."""


def with_acts(choose: Callable[[str, bool, str], str]) -> Way:
    """The right layers with other activations: ``choose(kind, is last, hidden activation)``."""

    def way(h: Array, W: Weights, b: Weights, lname: Sequence[str], activation: str) -> Array:
        last = len(lname) - 1
        acts = [choose(name, i == last, activation) for i, name in enumerate(lname)]
        return RIGHT.run(list(zip(lname, W, b, acts, strict=True)), h)

    return way


def without_last(h: Array, W: Weights, b: Weights, lname: Sequence[str], activation: str) -> Array:
    """The input of the last layer."""
    return RIGHT.run([(name, W[i], b[i], activation) for i, name in enumerate(lname[:-1])], h)


def with_others_weights(pick: Pick, what: str, kinds: tuple[str, ...]) -> Way:
    """Layers of some kinds that take each other's kernel or bias, or both."""

    def way(h: Array, W: Weights, b: Weights, lname: Sequence[str], activation: str) -> Array:
        V, c = list(W), list(b)
        layers = [i for i, name in enumerate(lname) if name in kinds]
        for position, i in enumerate(layers):
            j = layers[pick(layers, position)]
            if "W" in what:
                if np.shape(W[j]) != np.shape(W[i]):
                    raise Impossible
                V[i] = W[j]
            if "b" in what:
                size = np.size(b[i])
                if np.size(b[j]) < size:
                    raise Impossible
                c[i] = np.ravel(b[j])[:size]
        return RIGHT.feedforward_sample(h, V, c, lname, activation)

    return way


def one_astray(position: int, target: int) -> Pick:
    """One layer alone takes another's."""
    return lambda layers, p: min(target, len(layers) - 1) if p == position else p


PICKS: list[Pick] = [
    lambda layers, p: 0,
    lambda layers, p: len(layers) - 1,
    lambda layers, p: max(p - 1, 0),
    lambda layers, p: p - 1,
    lambda layers, p: min(p + 1, len(layers) - 1),
    lambda layers, p: (p + 1) % len(layers),
    *(one_astray(position, target) for position in range(3) for target in range(3)),
]

add = SAMPLE.add
add(
    "softmax_missing",
    "The last layer does not end in a softmax: its outputs are not probabilities.",
    with_acts(lambda kind, last, hidden: "linear" if last else hidden),
    with_acts(lambda kind, last, hidden: hidden),
)
add(
    "softmax_is_sigmoid",
    "The last layer ends in a sigmoid: it should be a softmax over the classes.",
    with_acts(lambda kind, last, hidden: "sigmoid" if last else hidden),
)
add(
    "activation_missing",
    "The hidden layers are called with `linear`: they should get the activation that setup_model was given.",
    with_acts(lambda kind, last, hidden: "softmax" if last else "linear"),
    with_acts(lambda kind, last, hidden: "softmax" if last else "linear" if kind == "conv" else hidden),
    with_acts(lambda kind, last, hidden: "softmax" if last else "linear" if kind == "dense" else hidden),
)
add(
    "activation_twice",
    "Softmax is applied to the probabilities of the last layer once more.",
    lambda *args: RIGHT.activation(RIGHT.feedforward_sample(*args), "softmax"),
)
add(
    "last_layer_skipped",
    "The input of the last layer is returned: the last layer itself is not run.",
    without_last,
)
add(
    "softmax_in_every_dense_layer",
    "Every dense layer gets the softmax: only the last one should, the hidden ones get the network's activation.",
    with_acts(lambda kind, last, hidden: "softmax" if kind == "dense" else hidden),
)
add(
    "activation_argument_ignored",
    "The hidden layers use the same activation whatever setup_model was given.",
    with_acts(lambda kind, last, hidden: "softmax" if last else "relu"),
    with_acts(lambda kind, last, hidden: "softmax" if last else "sigmoid"),
    with_acts(lambda kind, last, hidden: "softmax" if last else "relu" if kind == "conv" else hidden),
    with_acts(lambda kind, last, hidden: "softmax" if last else "relu" if kind == "dense" else hidden),
)
add(
    "weights_of_another_layer",
    "A layer gets another layer's kernel or bias: the lists W and b have one entry for each layer, pooling and flatten "
    "included.",
    *(
        with_others_weights(pick, what, kinds)
        for pick in PICKS
        for what in ("W", "b", "Wb")
        for kinds in (("conv",), ("conv", "dense"), ("dense",))
    ),
    may_raise=True,
)
