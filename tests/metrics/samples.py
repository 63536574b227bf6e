"""Metrics by name, and random predictions."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from cnnlab.metrics import (
    Metric,
    metric,
)


def made(name: str, num_classes: int = 2, **parameters: Any) -> Metric:
    entry = metric.get(name)
    return entry(parameters=entry.parameters(**parameters), num_classes=num_classes)


def names_for(classes: int) -> list[str]:
    """The metrics that make sense with so many classes."""
    return [name for name in metric if classes == 2 or not metric.get(name).traits.get("two_classes")]


@st.composite
def predictions(draw: Any) -> tuple[np.ndarray, np.ndarray]:
    """Labels, each class among them, and probabilities, ties among them."""
    classes = draw(st.integers(2, 4))
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    n = draw(st.integers(classes, 30))
    scores = rng.integers(1, draw(st.sampled_from([3, 1000])), (n, classes)).astype(float)
    labels = np.concatenate([np.arange(classes), rng.integers(0, classes, n - classes)])
    return labels, scores / scores.sum(axis=1, keepdims=True)


LABELS = np.array([0, 0, 1, 1, 0, 1])


SCORES = np.array([0.1, 0.4, 0.35, 0.8, 0.5, 0.9])


def pair(scores: Any) -> np.ndarray:
    """Probabilities of both classes from those of class 1: (n, 2)."""
    return np.stack([1 - np.asarray(scores), np.asarray(scores)], axis=1)


@st.composite
def scored(draw: Any) -> tuple[np.ndarray, np.ndarray]:
    """Labels with both classes, and scores in 64ths, ties among them, so that 1 - p is exact."""
    n = draw(st.integers(2, 25))
    labels = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n).filter(lambda y: len(set(y)) == 2))
    most = draw(st.sampled_from([2, 64]))
    scores = draw(st.lists(st.integers(0, most), min_size=n, max_size=n))
    return np.array(labels), np.array(scores) / most


@st.composite
def of_any_classes(draw: Any) -> tuple[np.ndarray, np.ndarray]:
    """Labels, of which classes may be missing, and probabilities, ties among them."""
    classes, n = draw(st.integers(2, 4)), draw(st.integers(1, 20))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    scores = rng.integers(1, draw(st.sampled_from([3, 1000])), (n, classes)) ** draw(st.sampled_from([1, 4]))
    labels = rng.integers(0, draw(st.integers(1, classes)), n)
    return labels, scores / scores.sum(axis=1, keepdims=True)
