"""Known mistakes in `feedforward_sample`: how the layers are put together."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from cnnlab.judge.mistakes.base import Impossible, Mistakes
from cnnlab.judge.references import RIGHT, Array

SAMPLE = Mistakes()
Weights = Sequence[Any]


def run(h: Array, W: Weights, b: Weights, lname: Sequence[str], acts: Sequence[str]) -> Array:
    """Run layers with an activation for each."""
    return RIGHT.run(list(zip(lname, W, b, acts, strict=True)), h)


def with_acts(choose: Callable[[str, bool, str], str]) -> Callable[..., Array]:
    """The right layers with other activations: ``choose(kind, is last, hidden activation)``."""

    def way(h: Array, W: Weights, b: Weights, lname: Sequence[str], activation: str) -> Array:
        last = len(lname) - 1
        acts = [choose(name, i == last, activation) for i, name in enumerate(lname)]
        return run(h, W, b, lname, acts)

    return way


def right(kind: str, last: bool, hidden: str) -> str:
    """What the interface asks for."""
    return "softmax" if last else hidden


def without_last(h: Array, W: Weights, b: Weights, lname: Sequence[str], activation: str) -> Array:
    """The input of the last layer."""
    return run(h, W[:-1], b[:-1], lname[:-1], [activation] * (len(lname) - 1))


def of_other_layer(
    pick: Callable[[list[int], int], int],
    what: str,
    kinds: tuple[str, ...],
    h: Array,
    W: Weights,
    b: Weights,
    lname: Sequence[str],
    activation: str,
) -> Array:
    """Layers of the same kind, or of any, that take each other's kernel or bias."""
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
    acts = [right(name, i == len(lname) - 1, activation) for i, name in enumerate(lname)]
    return run(h, V, c, lname, acts)


def _astray(position: int, target: int, layers: list[int], p: int) -> int:
    return min(target, len(layers) - 1) if p == position else p


def _others() -> list[Callable[..., Array]]:
    picks: list[Callable[[list[int], int], int]] = [
        lambda layers, p: 0,
        lambda layers, p: len(layers) - 1,
        lambda layers, p: max(p - 1, 0),
        lambda layers, p: p - 1,
        lambda layers, p: min(p + 1, len(layers) - 1),
        lambda layers, p: (p + 1) % len(layers),
    ]
    for position in range(3):  # one layer alone goes astray
        picks += [partial(_astray, position, target) for target in range(3)]
    return [
        partial(of_other_layer, pick, what, kinds)
        for pick in picks
        for what in ("W", "b", "Wb")
        for kinds in (("conv",), ("conv", "dense"), ("dense",))
    ]


add = SAMPLE.add
add(
    "softmax_missing",
    "The last layer does not end in a softmax: what comes out are no probabilities.",
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
    *_others(),
    may_raise=True,
)
