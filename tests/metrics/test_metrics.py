"""The NumPy metrics: by hand, by their laws, and against Keras."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.config.training_section import metric_keys
from cnnlab.metrics import (
    SMALLEST_PROBABILITY,
    Metric,
    cross_entropy,
    metric,
    precision_recall,
    roc_auc,
    top_k_accuracy,
)
from tests.sample_configs import MINIMAL, loaded


def made(name: str, num_classes: int = 2, **parameters: Any) -> Metric:
    entry = metric.get(name)
    return entry(parameters=entry.parameters(**parameters), num_classes=num_classes)


def names_for(classes: int) -> list[str]:
    """The metrics that make sense with so many classes."""
    return [name for name in metric if classes == 2 or not metric.get(name).traits.get("two_classes")]


def test_accuracy_by_hand():
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7], [0.3, 0.4, 0.3], [0.5, 0.5, 0.0]])
    assert made("accuracy").value(np.array([0, 2, 0, 0]), p) == 0.75  # of equal ones, the first counts


def test_top_k_by_hand():
    p = np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.4, 0.4, 0.2]])
    labels = np.array([0, 1, 2, 1])
    assert [top_k_accuracy(labels, p, k) for k in (1, 2, 3)] == [0.5, 0.75, 1.0]
    assert made("top_k", 3, k=2).value(labels, p) == 0.75 and made("top_k", 3, k=2).key == "top_2"


def test_auc_by_hand():
    def auc(scores: list[float], labels: list[int]) -> float:
        p = np.array(scores)
        return roc_auc(np.array(labels), np.stack([1 - p, p], axis=1))

    assert auc([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]) == 1.0
    assert auc([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1]) == 0.0
    assert auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]) == 0.75
    assert auc([0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1]) == 0.5  # ties count half
    assert auc([0.3, 0.3, 0.9], [0, 1, 1]) == 0.75
    assert math.isnan(auc([0.1, 0.9], [1, 1]))


def test_auc_of_many_classes_is_the_mean_over_them():
    p = np.array([[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.4, 0.1, 0.5], [0.5, 0.4, 0.1]])
    labels = np.array([0, 1, 2, 1])
    each = []
    for k in range(3):
        positive, negative = p[labels == k, k], p[labels != k, k]
        pairs = [(a > b) + 0.5 * (a == b) for a in positive for b in negative]
        each.append(np.mean(pairs))
    assert roc_auc(labels, p) == pytest.approx(np.mean(each))
    assert math.isnan(roc_auc(np.array([0, 1, 0, 1]), p))  # class 2 has no image


def test_precision_and_recall_by_hand():
    p = np.array([0.9, 0.8, 0.4, 0.6, 0.5])
    labels = np.array([1, 0, 1, 1, 1])
    assert precision_recall(labels, np.stack([1 - p, p], axis=1)) == (2 / 3, 0.5)  # 0.5 is not above one half
    many = np.array([[0.6, 0.3, 0.1], [0.4, 0.3, 0.3], [0.1, 0.7, 0.2]])
    assert precision_recall(np.array([0, 0, 2]), many) == (0.5, 1 / 3)
    nothing = np.array([[0.9, 0.1], [0.8, 0.2]])
    assert precision_recall(np.array([0, 0]), nothing) == (0.0, 0.0)


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


@settings(max_examples=100, deadline=None)
@given(predictions(), st.randoms(use_true_random=False))
def test_the_order_of_images_does_not_matter(drawn, chance):
    labels, p = drawn
    order = list(range(len(labels)))
    chance.shuffle(order)
    for name in names_for(p.shape[1]):
        value = made(name, p.shape[1]).value
        assert value(labels, p) == pytest.approx(value(labels[order], p[order]), abs=1e-12)
        assert 0 <= value(labels, p) <= 1
    assert cross_entropy(labels, p) == pytest.approx(cross_entropy(labels[order], p[order]))


@settings(max_examples=100, deadline=None)
@given(predictions())
def test_laws(drawn):
    labels, p = drawn
    classes = p.shape[1]
    assert top_k_accuracy(labels, p, classes) == 1.0
    assert top_k_accuracy(labels, p, 1) >= made("accuracy").value(labels, p)
    right = np.eye(classes)[labels]
    for name in names_for(classes):
        assert made(name, classes).value(labels, right) == 1.0
    assert cross_entropy(labels, right) == pytest.approx(0.0)
    if classes == 2:
        assert roc_auc(1 - labels, p) == pytest.approx(1 - roc_auc(labels, p))
        assert roc_auc(labels, p**3 / (p**3).sum(axis=1, keepdims=True)) == pytest.approx(roc_auc(labels, p))


def test_a_config_knows_the_keys_of_its_metrics(tmp_path):
    text = "training: {metrics: [accuracy, auc, precision, recall, top_k, top_k: {k: 3}]}\n"
    training = loaded(tmp_path, MINIMAL + text).training
    keys = ["accuracy", "auc", "precision", "recall", "top_5", "top_3"]
    assert metric_keys(training) == keys
    for item, key in zip(training.metrics, keys, strict=True):
        for classes in (2, 10):
            assert metric.get(item.name)(parameters=item.parameters, num_classes=classes).key == key


@pytest.mark.keras
@pytest.mark.parametrize(
    ("name", "classes"), [(name, classes) for classes in (2, 3, 10) for name in names_for(classes)]
)
def test_keras_counts_the_same(name, classes):
    ours = made(name, classes, **({"k": 2} if name == "top_k" else {}))
    rng = np.random.default_rng(classes)
    labels = rng.integers(0, classes, 400)
    logits = rng.normal(size=(400, classes)) + 1.5 * np.eye(classes)[labels]
    p = (np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)).astype("float32")
    theirs = ours.keras()
    assert theirs.name == ours.key
    for part in np.array_split(np.arange(400), 3):  # of unequal size
        theirs.update_state(np.eye(classes)[labels[part]], p[part])
    # Keras' AUC is a sum over 200 thresholds, and interpolates between them the curve of precision and recall.
    tolerance = {"auc": 0.005, "auc_onehot": 0.005, "auc_pr": 0.01}.get(name, 1e-6)
    assert float(theirs.result()) == pytest.approx(ours.value(labels, p), abs=tolerance)


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
