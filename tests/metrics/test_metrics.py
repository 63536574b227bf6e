"""The NumPy metrics: by hand, by their laws, and against Keras."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.config.training_section import metric_keys
from cnnlab.metrics import (
    TWO_CLASS_METRICS,
    cross_entropy,
    metric,
    roc_auc,
    top_k_accuracy,
)
from cnnlab.runs.measures import measure_of
from tests.metrics.samples import made, names_for, predictions
from tests.sample_configs import MINIMAL, loaded


@settings(max_examples=100, deadline=None)
@given(predictions(), st.randoms(use_true_random=False))
def test_the_order_of_images_does_not_matter(drawn, chance):
    labels, p = drawn
    order = list(range(len(labels)))
    chance.shuffle(order)
    for name in names_for(p.shape[1]):
        value = made(name, p.shape[1]).value
        assert value(labels, p) == pytest.approx(value(labels[order], p[order]), abs=1e-12, nan_ok=True)
        nothing_given = name == "precision" and not (p[:, 1 if p.shape[1] == 2 else 0 :] > 0.5).any()
        measured = value(labels, p)
        assert math.isnan(measured) if nothing_given else measure_of(name).holds([measured])
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
        assert made(name, classes).value(labels, right) == pytest.approx(1.0)
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


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("present", [{0}, {1}, {0, 1}, {0, 2}, {0, 1, 2}])
def test_a_metric_is_undefined_exactly_where_a_class_that_it_needs_has_no_image(classes, present):
    labels = np.array([k for k in present if k < classes] * 3)
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.full(classes, 0.1), len(labels))
    p[0, :2] = (0.05, 0.95)  # something is found
    for name in names_for(classes):
        one = made(name, classes)
        assert math.isnan(one.value(labels, p)) == (not set(one.needs) <= set(labels.tolist())), name
    for one in TWO_CLASS_METRICS if classes == 2 else ():
        assert math.isnan(one.value(labels, p)) == (not set(one.needs) <= set(labels.tolist())), one.key


NOT_OF_KERAS = ("f1", "balanced_accuracy", "cohen_kappa", "matthews")  # see the comparisons with scikit-learn


def counted_by_keras(name, classes):
    """What Keras has for the same; k is 2."""
    from keras import metrics

    below_half = float(np.nextafter(np.float32(0.5), np.float32(0)))
    of_class = {"class_id": 1} if classes == 2 else {}
    each = {"multi_label": True, "num_labels": classes}
    weights = [0.0, 1.0] if classes == 2 else [1.0] * classes
    return {
        "accuracy": metrics.CategoricalAccuracy,
        "top_k": lambda: metrics.TopKCategoricalAccuracy(k=2),
        "precision": lambda: metrics.Precision(**of_class),
        "recall": lambda: metrics.Recall(**of_class),
        "sensitivity": lambda: metrics.Recall(class_id=1),
        "specificity": lambda: metrics.Recall(class_id=0, thresholds=below_half),
        "auc": lambda: metrics.AUC(**each),
        "auc_onehot": metrics.AUC,
        "auc_pr": lambda: metrics.AUC(curve="PR", label_weights=weights, **each),
        "f1_macro": lambda: metrics.F1Score(average="macro"),
    }[name]()


@pytest.mark.keras
@pytest.mark.parametrize(
    ("name", "classes"),
    [(name, classes) for classes in (2, 3, 10) for name in names_for(classes) if name not in NOT_OF_KERAS],
)
def test_keras_counts_the_same(name, classes):
    ours = made(name, classes, **({"k": 2} if name == "top_k" else {}))
    rng = np.random.default_rng(classes)
    labels = rng.integers(0, classes, 400)
    logits = rng.normal(size=(400, classes)) + 1.5 * np.eye(classes)[labels]
    p = (np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)).astype("float32")
    theirs = counted_by_keras(name, classes)
    if ours.keras is not None:
        assert ours.keras().name == ours.key
        assert ours.keras().get_config() == {**theirs.get_config(), "name": ours.key}
    for part in np.array_split(np.arange(400), 3):  # of unequal size
        theirs.update_state(np.eye(classes)[labels[part]], p[part])
    # Keras' AUC is a sum over 200 thresholds, and interpolates between them the curve of precision and recall.
    tolerance = {"auc": 0.005, "auc_onehot": 0.005, "auc_pr": 0.01}.get(name, 1e-6)
    assert float(theirs.result()) == pytest.approx(ours.value(labels, p), abs=tolerance)
