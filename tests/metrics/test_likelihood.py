"""The cross-entropy: by hand, as a likelihood, and against Keras."""

import math

import numpy as np
import pytest

from cnnlab.metrics import (
    SMALLEST_PROBABILITY,
    cross_entropy,
)
from tests.metrics.samples import LABELS, SCORES, pair


def test_cross_entropy_by_hand():
    p = np.array([[0.5, 0.5], [0.25, 0.75]])
    labels = np.array([0, 1])
    assert cross_entropy(labels, p) == pytest.approx(-(math.log(0.5) + math.log(0.75)) / 2)
    smoothed = (
        -(0.9 * math.log(0.5) + 0.1 * math.log(0.5) + 0.95 * math.log(0.75) + 0.05 * math.log(0.25)) / 2
    )
    assert cross_entropy(labels, p, 0.1) == pytest.approx(smoothed)
    certain = np.array([[1.0, 0.0]], np.float32)
    assert cross_entropy(np.array([1]), certain) == pytest.approx(-math.log(SMALLEST_PROBABILITY))
    assert cross_entropy(np.array([0]), certain) == 0.0


@pytest.mark.keras
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_keras_loss_is_the_cross_entropy(smoothing):
    import keras

    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 100)
    logits = rng.normal(size=(100, 10))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    theirs = keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)(np.eye(10)[labels], p)
    assert float(theirs) == pytest.approx(cross_entropy(labels, p, smoothing), rel=1e-5)


def test_cross_entropy_is_the_negative_log_likelihood():
    likelihood = np.prod(np.where(LABELS == 1, SCORES, 1 - SCORES))
    assert cross_entropy(LABELS, pair(SCORES)) == pytest.approx(-math.log(likelihood) / 6)
