"""A loss and its gradient, in Keras and in NumPy on the same predictions."""

import zlib
from typing import Any

import numpy as np

from cnnlab.backends import active
from cnnlab.numpy_cnn import BinaryCrossentropy, CategoricalCrossentropy, Loss
from cnnlab.verify.accumulation import Terms
from cnnlab.verify.cases import Array, Case
from cnnlab.verify.layer_pair import Pair

LOSSES: dict[str, type[Loss]] = {
    "CategoricalCrossentropy": CategoricalCrossentropy,
    "BinaryCrossentropy": BinaryCrossentropy,
}

LOSS_CASES: dict[str, list[Case]] = {
    kind: [
        Case(kind, {"from_logits": True} | smoothing, ((8, 10),), inputs)
        for smoothing in ({}, {"label_smoothing": 0.125})
        for inputs in ("normal", "large")
    ]
    + [Case(kind, {"label_smoothing": smoothing}, ((8, 10),)) for smoothing in (0.0, 0.125)]
    for kind in LOSSES
}
"""Cases of the losses: logits also where exp would overflow; smoothing of an eighth is exact in any float type."""


def run_loss_pair(case: Case, *, dtype: str = "float64", seed: int = 0) -> Pair:
    """Draw predictions and labels, and compute the loss and its gradient times a random upstream number."""
    rng = np.random.default_rng([seed, zlib.crc32(f"{case.kind} {case.label}".encode())])
    predictions = _predictions(case, rng).astype(dtype)
    labels = _labels(case, rng).astype(dtype)
    upstream = rng.normal(size=()).astype(dtype)
    loss = LOSSES[case.kind](**case.arguments)
    ours = {
        "output": np.asarray(loss.value(labels, predictions), dtype),
        "gradient of input": loss.gradient(labels, predictions) * upstream,
    }
    terms = predictions.size  # the mean over a batch, and within it over the classes
    return Pair(
        case, _keras(case, labels, predictions, upstream), ours, {"keras": 0, "numpy": 0}, Terms(terms, terms)
    )


def _predictions(case: Case, rng: np.random.Generator) -> Array:
    """Logits, of order 1 or 1000, or probabilities that add up to 1."""
    scores = rng.normal(size=case.shapes[0])
    if case.arguments.get("from_logits"):
        return 1000.0 * scores if case.inputs == "large" else scores
    e = np.exp(scores)
    return e / e.sum(axis=-1, keepdims=True)


def _labels(case: Case, rng: np.random.Generator) -> Array:
    """One class per row, or a yes or no for every number."""
    rows, classes = case.shapes[0]
    if case.kind == "BinaryCrossentropy":
        return rng.integers(0, 2, (rows, classes)).astype(float)
    return np.eye(classes)[rng.integers(0, classes, rows)]


def _keras(case: Case, labels: Array, predictions: Array, upstream: Array) -> dict[str, Array]:
    import keras

    loss: Any = getattr(keras.losses, case.kind)(**case.arguments, dtype=str(predictions.dtype))
    call = lambda tensors: [loss(labels, tensors[0])]  # noqa: E731
    outputs, gradients, _ = active().gradients(call, [predictions], [upstream], [])
    return {"output": np.asarray(outputs[0]), "gradient of input": gradients[0]}
