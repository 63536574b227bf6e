"""Part 3: a trained network on whole data sets, in Keras and in NumPy, image by image."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cnnlab.numpy_cnn import Network, from_keras
from cnnlab.training.evaluation import split_figures
from cnnlab.verify.cases import Array
from cnnlab.verify.models import in_dtype
from cnnlab.verify.network import terms_by_name
from cnnlab.verify.tolerance import SAFETY, largest_difference, tolerance

KERAS_BATCH = 512  # about where `keras.Model.predict` is fastest on small networks
WARM_UP_IMAGES = 2 * KERAS_BATCH
LOSS_PER_PROBABILITY = 4  # the loss changes as its logit does, a probability by at most a quarter of that

RULE = (
    f"{SAFETY} x sqrt(terms summed through the network) x 1.2e-07 (float32 epsilon) x largest logit / 4: a "
    "probability moves at most a quarter as far as its logit."
)


def check_data(config: Any, model: Any, splits: Mapping[str, Any]) -> dict[str, Any]:
    """Evaluate `model` and its conversion, both in float32, on every split that there is.

    splits: by name, `cnnlab.datasets.Split` or None. Two different predicted classes count as a tie where the two
    lie as close together as the tolerance allows on both sides; any other fails.
    """
    model = in_dtype(model, "float32")
    network = from_keras(model)
    present = {name: split for name, split in splits.items() if split is not None}
    first = next(iter(present.values())).images
    terms = forward_terms(network, first[:1])
    predict: dict[str, Callable[[Array], Array]] = {
        "keras": lambda x: model.predict(x, batch_size=KERAS_BATCH, verbose=0),
        "numpy": network.predict,
    }
    for run in predict.values():
        run(first[:WARM_UP_IMAGES])
    penalties = {"keras": sum(float(value) for value in model.losses), "numpy": network.penalty()}
    results = {
        name: _check_split(config, split, predict, penalties, terms) for name, split in present.items()
    }
    sides = ("keras", "numpy")
    return {
        "passed": all(result["passed"] for result in results.values()),
        "tolerance_rule": RULE,
        "splits": results,
        "images": sum(result["images"] for result in results.values()),
        "seconds": {side: sum(result["seconds"][side] for result in results.values()) for side in sides},
    }


def forward_terms(network: Network, one_image: Array) -> int:
    """The accumulation length of the network's output."""
    activations = network.activations(one_image)
    terms = terms_by_name(network, dict.fromkeys(network.inputs, one_image.shape), activations)
    return terms[network.nodes[-1].name]


def _check_split(
    config: Any,
    split: Any,
    predict: Mapping[str, Callable[[Array], Array]],
    penalties: Mapping[str, float],
    terms: int,
) -> dict[str, Any]:
    images = np.asarray(split.images)
    probabilities, seconds = {}, {}
    for side, run in predict.items():
        started = time.perf_counter()
        probabilities[side] = run(images)
        seconds[side] = time.perf_counter() - started
    limit = tolerance("float32", terms, _largest_logit(probabilities["keras"]) / 4)
    result = {"images": len(split), "seconds": seconds, "tolerance": limit}
    result |= judge_probabilities(probabilities["keras"], probabilities["numpy"], limit)
    if split.labels is None:
        return result | {"keras": None, "numpy": None}
    classes = probabilities["keras"].shape[1]
    for side, p in probabilities.items():
        result[side] = split_figures(config, split.labels, p, classes, penalties[side])
    return result | _judge_loss(result, LOSS_PER_PROBABILITY * limit)


def judge_probabilities(keras: Array, ours: Array, limit: float) -> dict[str, Any]:
    """Compare class probabilities (images, classes): the largest difference, other classes, ties among them."""
    if keras.shape != ours.shape:
        return {"largest_difference": np.inf, "classes_differ": len(keras), "ties": 0, "passed": False}
    theirs, mine = keras.argmax(axis=1), ours.argmax(axis=1)
    other = np.flatnonzero(theirs != mine)
    gap = keras[other, theirs[other]] - keras[other, mine[other]]
    ties = int((gap <= 2 * limit).sum())
    difference = largest_difference(keras, ours)
    passed = difference <= limit and ties == len(other)
    return {"largest_difference": difference, "classes_differ": len(other), "ties": ties, "passed": passed}


def _judge_loss(result: dict[str, Any], limit: float) -> dict[str, Any]:
    difference = abs(result["keras"]["loss"] - result["numpy"]["loss"])
    return {
        "loss_difference": difference,
        "loss_tolerance": limit * max(1.0, result["keras"]["loss"]),
        "passed": result["passed"] and difference <= limit * max(1.0, result["keras"]["loss"]),
    }


def _largest_logit(probabilities: Array) -> float:
    """The size of the largest logit, seen from the most probable class; at least 4, so that the quarter is 1."""
    smallest = max(float(probabilities.min()), float(np.finfo(np.float32).tiny))
    return max(4.0, -float(np.log(smallest)))
