"""Part 2: a whole network with random weights, layer by layer, forwards and backwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.errors import CnnlabError
from cnnlab.numpy_cnn import Network, from_keras
from cnnlab.verify.accumulation import Terms, count_terms
from cnnlab.verify.cases import Array
from cnnlab.verify.keras_side import Passes, randomize, run_model
from cnnlab.verify.models import in_dtype
from cnnlab.verify.tolerance import Comparison, compare, tolerance_rule

NUDGES = 3
NUDGE_FACTOR = 4  # how far the nudged gradients may stand for rounding that went another way

Arrays = dict[str, Array]


@dataclass(frozen=True)
class Side:
    """What one network gave: the outputs of its layers and the gradients, each by name."""

    activations: Arrays
    gradients: Arrays

    def all(self) -> Arrays:
        """Both; the gradients under ``gradient of ...``."""
        return self.activations | {f"gradient of {name}": array for name, array in self.gradients.items()}


def check_network(
    model: Any, images: Array, *, dtype: str = "float64", seed: int = 0, forward_only: bool = False
) -> tuple[dict[str, Any], dict[str, Arrays]]:
    """Compare `model`, with random weights, with its conversion, on `images` of any type.

    Returns the result as plain data, and the arrays of both sides as ``{"keras": ..., "numpy": ...}``.
    """
    rng = np.random.default_rng([seed, 2])
    model = in_dtype(model, dtype)
    for _, layer in _layers(model):
        randomize(layer, rng)
    network = from_keras(model)
    x = images.astype(dtype)
    upstream = rng.normal(size=(len(x), *model.output_shape[1:])).astype(dtype)
    theirs = _keras_side(model, run_model(model, x, upstream), forward_only)
    result = {
        "tolerance_rule": tolerance_rule(dtype),
        "nudge_rule": NUDGE_RULE,
        "images": len(x),
        "weights": model.count_params(),
        "weights_numpy": sum(network.count_weights().values()),
        "weights_by_layer": _count(model, network),
    }
    try:
        ours = numpy_side(network, x, upstream, forward_only)
        comparisons = _compare(network, x, upstream, theirs, ours)
    except CnnlabError:
        raise
    except Exception as error:  # what breaks down is a difference too
        broken = {"passed": False, "error": f"{type(error).__name__}: {error}", "layers": [], "gradients": []}
        return result | broken | {"first_difference": None}, {"keras": theirs.all()}
    return result | _judge(result, comparisons, model), {"keras": theirs.all(), "numpy": ours.all()}


NUDGE_RULE = (
    f"Where rounding can tip a maximum or a ReLU to its other side, {NUDGE_FACTOR} x the change is added that shifting "
    "every weight by a few units in its last place makes."
)


def numpy_side(network: Network, x: Array, upstream: Array, forward_only: bool = False) -> Side:
    """Run the NumPy network forwards on the plain path, then backwards."""
    activations = network.activations(x)
    if forward_only:
        return Side(activations, {})
    (of_input,) = network.backward(upstream)
    return Side(activations, {"input": of_input} | network.gradients())


def _keras_side(model: Any, passes: Passes, forward_only: bool) -> Side:
    """Take Keras' arrays, the gradients under the names that the weights have in the converted network."""
    if forward_only:
        return Side(passes.outputs, {})
    names = {id(v): f"{name}/{v.name}" for name, layer in _layers(model) for v in layer.variables}
    gradients = zip(model.trainable_variables, passes.weight_gradients.values(), strict=True)
    of_weights = {names[id(variable)]: gradient for variable, gradient in gradients}
    return Side(passes.outputs, {"input": passes.input_gradients[0]} | of_weights)


def _compare(network: Network, x: Array, upstream: Array, theirs: Side, ours: Side) -> list[Comparison]:
    """Compare what both sides have by name, in Keras' order; what ours lacks counts as empty."""
    terms = terms_by_name(network, dict.fromkeys(network.inputs, x.shape), ours.activations)
    moved = _nudged(network, x, upstream, ours)
    outputs, both = list(ours.activations)[-1], ours.all()
    comparisons = []
    for name, keras in theirs.all().items():
        if name in ours.activations or name.startswith("gradient"):
            extra = NUDGE_FACTOR * moved.get(name, 0.0)
            length = terms.get(name, terms[outputs])
            comparisons.append(
                compare(name, keras, both.get(name, np.empty(0, keras.dtype)), terms=length, extra=extra)
            )
    return comparisons


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


def _nudged(network: Network, x: Array, upstream: Array, ours: Side) -> dict[str, float]:
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


def _judge(result: dict[str, Any], comparisons: list[Comparison], model: Any) -> dict[str, Any]:
    kinds = {name: type(layer).__name__ for name, layer in _layers(model)}
    counts = result["weights_by_layer"]
    layers = [
        {"kind": kinds.get(c.name), "weights": counts.get(c.name, {}).get("keras", 0)} | c.to_json()
        for c in comparisons
        if not c.backward
    ]
    gradients = [
        c.to_json() | {"name": c.name.removeprefix("gradient of ")} for c in comparisons if c.backward
    ]
    same_counts = all(count["keras"] == count["numpy"] for count in counts.values())
    return {
        "passed": same_counts and all(comparison.passed for comparison in comparisons),
        "error": None,
        "first_difference": next((layer["name"] for layer in layers if not layer["passed"]), None),
        "layers": layers,
        "gradients": gradients,
    }


def _count(model: Any, network: Network) -> dict[str, dict[str, int]]:
    ours = network.count_weights()
    theirs = {name: layer.count_params() for name, layer in _layers(model)}
    return {name: {"keras": count, "numpy": ours.get(name, 0)} for name, count in theirs.items()}


def _layers(model: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """All layers by the names of their nodes; those of a nested model stand under its name."""
    for layer in model.layers:
        name = f"{prefix}{layer.name}"
        if hasattr(layer, "layers"):
            yield from _layers(layer, f"{name}/")
        elif type(layer).__name__ != "InputLayer":
            yield name, layer
