"""Part 2: a whole network with random weights, layer by layer, forwards and backwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from cnnlab.errors import CnnlabError
from cnnlab.numpy_cnn import Network, from_keras
from cnnlab.numpy_cnn.conversion import named_layers
from cnnlab.runs.verification import ActivationVerdict, ArrayVerdict, NetworkVerdict, SidesCount
from cnnlab.verify.accumulation import Terms, count_terms
from cnnlab.verify.cases import Array
from cnnlab.verify.keras_side import randomize, run_model
from cnnlab.verify.models import in_dtype
from cnnlab.verify.tolerance import compare, tolerance_rule

NUDGES = 3
NUDGE_FACTOR = 4  # how far the nudged gradients may stand for rounding that went another way

Arrays = dict[str, Array]


@dataclass(frozen=True)
class NetworkPass:
    """What one network gave: the outputs of its layers and the gradients, each by name."""

    activations: Arrays
    gradients: Arrays

    def all(self) -> Arrays:
        """Both; the gradients under ``gradient of ...``."""
        return self.activations | {f"gradient of {name}": array for name, array in self.gradients.items()}


NUDGE_RULE = (
    f"Where rounding can tip a maximum or a ReLU to its other side, {NUDGE_FACTOR} x the change is added that shifting "
    "every weight by a few units in its last place makes."
)


def check_network(
    model: Any, images: Array, *, dtype: str = "float64", seed: int = 0, forward_only: bool = False
) -> tuple[NetworkVerdict, dict[str, Arrays]]:
    """Compare `model`, with random weights, with its conversion, on `images` of any type.

    Also returns the arrays of both sides as ``{"keras": ..., "numpy": ...}``.
    """
    rng = np.random.default_rng([seed, 2])
    model = in_dtype(model, dtype)
    for _, layer in named_layers(model):
        randomize(layer, rng)
    network = from_keras(model)
    x = images.astype(dtype)
    upstream = rng.normal(size=(len(x), *model.output_shape[1:])).astype(dtype)
    passes = run_model(model, x, upstream)
    theirs = NetworkPass(passes.outputs, {"input": passes.input_gradients[0]} | passes.weight_gradients)
    if forward_only:
        theirs = NetworkPass(passes.outputs, {})
    counts = _count(model, network)
    verdict = partial(
        NetworkVerdict,
        tolerance_rule=tolerance_rule(dtype),
        nudge_rule=NUDGE_RULE,
        images=len(x),
        weights=model.count_params(),
        weights_numpy=sum(network.count_weights().values()),
        weights_by_layer=counts,
    )
    try:
        ours = numpy_side(network, x, upstream, forward_only)
        arrays = _compare(network, x, upstream, theirs, ours)
    except CnnlabError:
        raise
    except Exception as error:  # what breaks down is a difference too
        broken = f"{type(error).__name__}: {error}"
        return verdict(passed=False, error=broken), {"keras": theirs.all()}
    found = verdict(
        passed=all(count.equal for count in counts.values()) and all(array.passed for array in arrays),
        first_difference=next((a.name for a in arrays if not a.backward and not a.passed), None),
        layers=tuple(_activations(model, counts, arrays)),
        gradients=tuple(_named_by_weight(array) for array in arrays if array.backward),
    )
    return found, {"keras": theirs.all(), "numpy": ours.all()}


def numpy_side(network: Network, x: Array, upstream: Array, forward_only: bool = False) -> NetworkPass:
    """Run the NumPy network forwards on the plain path, then backwards."""
    activations = network.activations(x)
    if forward_only:
        return NetworkPass(activations, {})
    (of_input,) = network.backward(upstream)
    return NetworkPass(activations, {"input": of_input} | network.gradients())


def _compare(
    network: Network, x: Array, upstream: Array, theirs: NetworkPass, ours: NetworkPass
) -> list[ArrayVerdict]:
    """Compare what both sides have by name, in Keras' order; what ours lacks counts as empty."""
    terms = terms_by_name(network, dict.fromkeys(network.inputs, x.shape), ours.activations)
    moved = _nudged(network, x, upstream, ours)
    outputs, both = list(ours.activations)[-1], ours.all()
    return [
        compare(
            name,
            keras,
            both.get(name, np.empty(0, keras.dtype)),
            terms=terms.get(name, terms[outputs]),
            extra=NUDGE_FACTOR * moved.get(name, 0.0),
        )
        for name, keras in theirs.all().items()
        if name in ours.activations or name.startswith("gradient")
    ]


def terms_by_name(network: Network, input_shapes: dict[str, Any], activations: Arrays) -> dict[str, int]:
    """The accumulation length of every activation, and of every gradient, summed over the layers before it."""
    shapes = input_shapes | {name: array.shape for name, array in activations.items()}
    so_far = dict.fromkeys(input_shapes, 0)
    total = Terms()
    own: dict[str, int] = {}
    for node in network.nodes:
        here = count_terms(node.layers, shapes[node.inputs[0]], shapes[node.name])
        so_far[node.name] = here.output + max(so_far[name] for name in node.inputs)
        total += here
        own |= {f"gradient of {name}": here.weight_gradient for name in node.weights()}
    through = total.output + total.input_gradient
    return so_far | {name: through + length for name, length in own.items()} | {"gradient of input": through}


def _nudged(network: Network, x: Array, upstream: Array, ours: NetworkPass) -> dict[str, float]:
    """How far each array moves, at most, when all weights move by a few units in the last place."""
    rng = np.random.default_rng(0)
    weights = {name: (array, array.copy()) for name, array in network.weights().items()}
    epsilon = NUDGE_FACTOR * np.finfo(network.dtype).eps
    moved: dict[str, float] = {}
    for _ in range(NUDGES):
        for array, original in weights.values():
            array[...] = original * (1 + epsilon * rng.uniform(-1, 1, array.shape))
        nudged = numpy_side(network, x, upstream, forward_only=not ours.gradients).all()
        for name, array in ours.all().items():
            moved[name] = max(moved.get(name, 0.0), float(np.abs(array - nudged[name]).max(initial=0)))
    for array, original in weights.values():
        array[...] = original
    return moved


def _activations(
    model: Any, counts: dict[str, SidesCount], arrays: list[ArrayVerdict]
) -> Iterator[ActivationVerdict]:
    kinds = {name: type(layer).__name__ for name, layer in named_layers(model)}
    for array in arrays:
        if not array.backward:
            weights = counts[array.name].keras if array.name in counts else 0
            yield ActivationVerdict(kind=kinds.get(array.name), weights=weights, **dict(array))


def _named_by_weight(array: ArrayVerdict) -> ArrayVerdict:
    return array.model_copy(update={"name": array.name.removeprefix("gradient of ")})


def _count(model: Any, network: Network) -> dict[str, SidesCount]:
    ours = network.count_weights()
    return {
        name: SidesCount(keras=layer.count_params(), numpy=ours.get(name, 0))
        for name, layer in named_layers(model)
    }
