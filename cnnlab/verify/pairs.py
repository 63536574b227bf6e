"""One layer or one loss, run in Keras and in NumPy on the same numbers."""

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.backends import active
from cnnlab.numpy_cnn import BinaryCrossentropy, CategoricalCrossentropy, Loss, Network, from_keras_layer
from cnnlab.runs.verification import SidesCount
from cnnlab.verify.accumulation import Terms, count_terms
from cnnlab.verify.cases import Array, LayerCase, draw_inputs
from cnnlab.verify.keras_side import build_layer, run_layer

Arrays = dict[str, Array]

LOSSES: dict[str, type[Loss]] = {
    "CategoricalCrossentropy": CategoricalCrossentropy,
    "BinaryCrossentropy": BinaryCrossentropy,
}


@dataclass(frozen=True)
class Pair:
    """The same arrays from both sides, under the same names.

    ``output`` and ``output (fast path)``; ``gradient of input`` (``input 0``, ``input 1``, ... when there are
    several); ``gradient of kernel`` and so on for every trainable weight; and ``moving_mean`` and
    ``moving_variance`` as they stand afterwards. Keras has one path, which stands under both names; the fast
    path is that of inference, so a case in training does not have it.
    """

    keras: Arrays
    numpy: Arrays
    terms: Terms
    """The accumulation lengths, for tolerances."""
    weights: SidesCount


def run_pair(case: LayerCase, *, dtype: str = "float64", seed: int = 0) -> Pair:
    """Build a case with random weights, convert it, and run both sides with a random upstream gradient."""
    rng = np.random.default_rng([seed, zlib.crc32(f"{case.kind} {case.label}".encode())])
    return (_run_loss if case.kind in LOSSES else _run_layer)(case, dtype, rng)


def _run_layer(case: LayerCase, dtype: str, rng: np.random.Generator) -> Pair:
    layer = build_layer(case, dtype, rng)
    network = from_keras_layer(layer, len(case.shapes))
    inputs = [x.astype(dtype) for x in draw_inputs(case, rng)]
    ours, upstream = _run_numpy(network, case, inputs, rng)
    passes = run_layer(layer, inputs, upstream, training=case.training)
    output = passes.outputs[layer.name]
    theirs = {"output": output} if case.training else {"output": output, "output (fast path)": output}
    theirs |= _gradients(passes.input_gradients, passes.weight_gradients)
    theirs |= _moving({variable.name: variable.numpy() for variable in layer.non_trainable_variables})
    terms = count_terms(network.nodes[0].layers, case.shapes[0], output.shape, training=case.training)
    counts = SidesCount(keras=layer.count_params(), numpy=sum(network.count_weights().values()))
    return Pair(theirs, ours, terms, counts)


def _run_numpy(
    network: Network, case: LayerCase, inputs: list[Array], rng: np.random.Generator
) -> tuple[Arrays, Array]:
    """Run the NumPy side; also return the upstream gradient, drawn in the shape of its output."""
    fast = {} if case.training else {"output (fast path)": network.predict(*inputs)}
    output = network.forward(*inputs, training=case.training)
    upstream = rng.normal(size=output.shape).astype(network.dtype)
    of_inputs = list(network.backward(upstream))
    arrays = {"output": output} | fast | _gradients(of_inputs, _short(network.gradients()))
    return arrays | _moving(_short(network.weights())), upstream


def _gradients(of_inputs: list[Array], of_weights: Arrays) -> Arrays:
    several = len(of_inputs) > 1
    named = {f"gradient of input{f' {i}' if several else ''}": g for i, g in enumerate(of_inputs)}
    return named | {f"gradient of {name}": g for name, g in of_weights.items()}


def _short(arrays: Arrays) -> Arrays:
    return {name.rpartition("/")[2]: array for name, array in arrays.items()}


def _moving(weights: Arrays) -> Arrays:
    return {name: weight for name, weight in weights.items() if name.startswith("moving_")}


def _run_loss(case: LayerCase, dtype: str, rng: np.random.Generator) -> Pair:
    """Draw predictions and labels, and compute the loss and its gradient times a random upstream number."""
    predictions = _predictions(case, rng).astype(dtype)
    labels = _labels(case, rng).astype(dtype)
    upstream = rng.normal(size=()).astype(dtype)
    loss = LOSSES[case.kind](**case.arguments)
    ours = {
        "output": np.asarray(loss.value(labels, predictions), dtype),
        "gradient of input": loss.gradient(labels, predictions) * upstream,
    }
    terms = predictions.size  # the mean over a batch, and within it over the classes
    theirs = _keras_loss(case, labels, predictions, upstream)
    return Pair(theirs, ours, Terms(terms, terms), SidesCount(keras=0, numpy=0))


def _predictions(case: LayerCase, rng: np.random.Generator) -> Array:
    """Logits, of order 1 or 1000, or probabilities that add up to 1."""
    scores = rng.normal(size=case.shapes[0])
    if case.arguments.get("from_logits"):
        return 1000.0 * scores if case.inputs == "large" else scores
    e = np.exp(scores)
    return e / e.sum(axis=-1, keepdims=True)


def _labels(case: LayerCase, rng: np.random.Generator) -> Array:
    """One class per row, or a yes or no for every number."""
    rows, classes = case.shapes[0]
    if case.kind == "BinaryCrossentropy":
        return rng.integers(0, 2, (rows, classes)).astype(float)
    return np.eye(classes)[rng.integers(0, classes, rows)]


def _keras_loss(case: LayerCase, labels: Array, predictions: Array, upstream: Array) -> Arrays:
    import keras

    loss: Any = getattr(keras.losses, case.kind)(**case.arguments, dtype=str(predictions.dtype))
    call = lambda tensors: [loss(labels, tensors[0])]  # noqa: E731
    outputs, gradients, _ = active().gradients(call, [predictions], [upstream], [])
    return {"output": np.asarray(outputs[0]), "gradient of input": gradients[0]}
