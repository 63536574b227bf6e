"""One layer, run in Keras and in NumPy on the same numbers."""

import zlib
from dataclasses import dataclass

import numpy as np

from cnnlab.numpy_cnn import Network, from_keras_layer
from cnnlab.verify.accumulation import Terms, count_terms
from cnnlab.verify.cases import Array, Case, draw_inputs
from cnnlab.verify.keras_side import build_layer, run_layer


@dataclass(frozen=True)
class Pair:
    """The same arrays from both sides, under the same names.

    ``output`` and ``output (fast path)``; ``gradient of input`` (``input 0``, ``input 1``, ... when there are
    several); ``gradient of kernel`` and so on for every trainable weight; and ``moving_mean`` and
    ``moving_variance`` as they stand afterwards. Keras has one path, which stands under both names; the fast
    path is that of inference, so a case in training does not have it.
    """

    case: Case
    keras: dict[str, Array]
    numpy: dict[str, Array]
    weights: dict[str, int]
    """The number of weights on each side, ``keras`` and ``numpy``."""
    terms: Terms
    """The accumulation lengths, for tolerances."""


def run_pair(case: Case, *, dtype: str = "float64", seed: int = 0) -> Pair:
    """Build a case's layer in Keras with random weights, convert it, and run both with a random upstream."""
    rng = np.random.default_rng([seed, zlib.crc32(f"{case.kind} {case.label}".encode())])
    layer = build_layer(case, dtype, rng)
    network = from_keras_layer(layer, len(case.shapes))
    inputs = [x.astype(dtype) for x in draw_inputs(case, rng)]
    ours, upstream = _run_numpy(network, case, inputs, rng)
    passes = run_layer(layer, inputs, upstream, training=case.training)
    output = passes.outputs[layer.name]
    theirs = {"output": output} if case.training else {"output": output, "output (fast path)": output}
    theirs |= _gradients(passes.input_gradients, passes.weight_gradients)
    theirs |= {
        variable.name: variable.numpy() for variable in layer.non_trainable_variables if _moves(variable)
    }
    counts = {"keras": layer.count_params(), "numpy": sum(network.count_weights().values())}
    shapes = case.shapes[0], output.shape
    terms = count_terms(network.nodes[0].layers, *shapes, training=case.training)
    return Pair(case, theirs, ours, counts, terms)


def _run_numpy(
    network: Network, case: Case, inputs: list[Array], rng: np.random.Generator
) -> tuple[dict[str, Array], Array]:
    """Run the NumPy side; also return the upstream gradient, drawn in the shape of its output."""
    arrays = {} if case.training else {"output (fast path)": network.predict(*inputs)}
    arrays = {"output": network.forward(*inputs, training=case.training)} | arrays
    upstream = rng.normal(size=arrays["output"].shape).astype(network.dtype)
    of_inputs = network.backward(upstream)
    of_weights = {_short(name): g for name, g in network.gradients().items()}
    arrays |= _gradients(list(of_inputs), of_weights)
    arrays |= {_short(name): w for name, w in network.weights().items() if _short(name).startswith("moving_")}
    return arrays, upstream


def _gradients(of_inputs: list[Array], of_weights: dict[str, Array]) -> dict[str, Array]:
    several = len(of_inputs) > 1
    named = {f"gradient of input{f' {i}' if several else ''}": g for i, g in enumerate(of_inputs)}
    return named | {f"gradient of {name}": g for name, g in of_weights.items()}


def _moves(variable: object) -> bool:
    return str(getattr(variable, "name", "")).startswith("moving_")


def _short(name: str) -> str:
    return name.rpartition("/")[2]
