"""Part 3: a trained network on whole data sets, in Keras and in NumPy, image by image."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cnnlab.config.schema import Config
from cnnlab.datasets import Dataset, Split
from cnnlab.numpy_cnn import Network, from_keras
from cnnlab.runs.verification import DataVerdict, ProbabilitiesVerdict, SidesSeconds, SplitVerdict
from cnnlab.training.evaluation import split_figures
from cnnlab.verify.cases import Array
from cnnlab.verify.models import in_dtype
from cnnlab.verify.network import terms_by_name
from cnnlab.verify.tolerance import SAFETY, largest_difference, tolerance

Predict = Callable[[Array], Array]

KERAS_BATCH = 512  # about where `keras.Model.predict` is fastest on small networks
WARM_UP_IMAGES = 2 * KERAS_BATCH
LOSS_PER_PROBABILITY = 4  # the loss changes as its logit does, a probability by at most a quarter of that

RULE = (
    f"{SAFETY} x sqrt(terms summed through the network) x 1.2e-07 (float32 epsilon) x largest logit / 4: a "
    "probability moves at most a quarter as far as its logit."
)


def check_data(
    config: Config,
    data: Dataset,
    model: Any,
    splits: Mapping[str, Split],
    *,
    weights_from: str,
    published: dict[str, Any] | None,
) -> DataVerdict:
    """Evaluate `model` and its conversion, both in float32, on every split that there is.

    Two different predicted classes count as a tie where the two lie as close together as the tolerance allows on both
    sides; any other fails.
    """
    model = in_dtype(model, "float32")
    network = from_keras(model)
    first = np.asarray(next(iter(splits.values())).images)
    terms = forward_terms(network, first[:1])
    predict: dict[str, Predict] = {
        "keras": lambda x: model.predict(x, batch_size=KERAS_BATCH, verbose=0),
        "numpy": network.predict,
    }
    for run in predict.values():
        run(first[:WARM_UP_IMAGES])
    penalties = {"keras": sum(float(value) for value in model.losses), "numpy": network.penalty()}
    verdicts = {
        name: _check_split(config, split, predict, penalties, terms) for name, split in splits.items()
    }
    return DataVerdict(
        passed=all(verdict.passed for verdict in verdicts.values()),
        dataset=data.name,
        title=data.title,
        notes=data.notes,
        weights_from=weights_from,
        published=published,
        tolerance_rule=RULE,
        splits=verdicts,
        images=sum(verdict.images for verdict in verdicts.values()),
        seconds=SidesSeconds(
            keras=sum(verdict.seconds.keras for verdict in verdicts.values()),
            numpy=sum(verdict.seconds.numpy for verdict in verdicts.values()),
        ),
    )


def forward_terms(network: Network, one_image: Array) -> int:
    """The accumulation length of the network's output."""
    activations = network.activations(one_image)
    terms = terms_by_name(network, dict.fromkeys(network.inputs, one_image.shape), activations)
    return terms[network.nodes[-1].name]


def _check_split(
    config: Config,
    split: Split,
    predict: Mapping[str, Predict],
    penalties: Mapping[str, float],
    terms: int,
) -> SplitVerdict:
    images = np.asarray(split.images)
    probabilities, seconds = {}, {}
    for side, run in predict.items():
        started = time.perf_counter()
        probabilities[side] = run(images)
        seconds[side] = time.perf_counter() - started
    limit = tolerance("float32", terms, _largest_logit(probabilities["keras"]) / 4)
    verdict = SplitVerdict(
        images=len(split),
        seconds=SidesSeconds(**seconds),
        tolerance=limit,
        **dict(judge_probabilities(probabilities["keras"], probabilities["numpy"], limit)),
    )
    if split.labels is None:
        return verdict
    classes = probabilities["keras"].shape[1]
    figures = {
        side: split_figures(config, split.labels, p, classes, penalties[side])
        for side, p in probabilities.items()
    }
    loss = figures["keras"]["loss"]
    difference, loss_limit = (
        abs(loss - figures["numpy"]["loss"]),
        LOSS_PER_PROBABILITY * limit * max(1.0, loss),
    )
    judged = {
        "loss_difference": difference,
        "loss_tolerance": loss_limit,
        "passed": verdict.passed and difference <= loss_limit,
    }
    return verdict.model_copy(update={**figures, **judged})


def judge_probabilities(keras: Array, ours: Array, limit: float) -> ProbabilitiesVerdict:
    """Compare class probabilities (images, classes): the largest difference, other classes, ties among them."""
    if keras.shape != ours.shape:
        return ProbabilitiesVerdict(
            largest_difference=np.inf, classes_differ=len(keras), ties=0, passed=False
        )
    theirs, mine = keras.argmax(axis=1), ours.argmax(axis=1)
    other = np.flatnonzero(theirs != mine)
    gap = keras[other, theirs[other]] - keras[other, mine[other]]
    ties = int((gap <= 2 * limit).sum())
    difference = largest_difference(keras, ours)
    passed = difference <= limit and ties == len(other)
    return ProbabilitiesVerdict(
        largest_difference=difference, classes_differ=len(other), ties=ties, passed=passed
    )


def _largest_logit(probabilities: Array) -> float:
    """The size of the largest logit, seen from the most probable class; at least 4, so that the quarter is 1."""
    smallest = max(float(probabilities.min()), float(np.finfo(np.float32).tiny))
    return max(4.0, -float(np.log(smallest)))
