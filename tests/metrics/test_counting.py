"""Metrics that count hits, by hand."""

import math

import numpy as np
import pytest

from cnnlab.metrics import (
    figures_at_threshold,
    precision_recall,
    sensitivity_specificity,
    top_k_accuracy,
)
from tests.metrics.samples import LABELS, SCORES, made, pair


def test_accuracy_by_hand():
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7], [0.3, 0.4, 0.3], [0.5, 0.5, 0.0]])
    assert made("accuracy").value(np.array([0, 2, 0, 0]), p) == 0.75  # of equal ones, the first counts


def test_top_k_by_hand():
    p = np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.4, 0.4, 0.2]])
    labels = np.array([0, 1, 2, 1])
    assert [top_k_accuracy(labels, p, k) for k in (1, 2, 3)] == [0.5, 0.75, 1.0]
    assert made("top_k", 3, k=2).value(labels, p) == 0.75 and made("top_k", 3, k=2).key == "top_2"


def test_precision_and_recall_by_hand():
    p = np.array([0.9, 0.8, 0.4, 0.6, 0.5])
    labels = np.array([1, 0, 1, 1, 1])
    assert precision_recall(labels, np.stack([1 - p, p], axis=1)) == (2 / 3, 0.5)  # 0.5 is not above one half
    many = np.array([[0.6, 0.3, 0.1], [0.4, 0.3, 0.3], [0.1, 0.7, 0.2]])
    assert precision_recall(np.array([0, 0, 2]), many) == (0.5, 1 / 3)
    nothing = np.array([[0.9, 0.1], [0.8, 0.2]])
    assert all(map(math.isnan, precision_recall(np.array([0, 0]), nothing)))  # 0 of 0
    assert precision_recall(np.array([0, 0]), 1 - nothing)[0] == 0.0  # two findings, none of them right


def test_sensitivity_and_specificity_by_hand():
    assert sensitivity_specificity(LABELS, SCORES) == (2 / 3, 1.0)  # one half itself is not a finding
    assert sensitivity_specificity(LABELS, SCORES, 0.3) == (1.0, 1 / 3)
    found = figures_at_threshold(LABELS, pair(SCORES), 0.3)
    assert found["accuracy_at_threshold"] == 4 / 6
    assert (found["sensitivity_at_threshold"], found["specificity_at_threshold"]) == (1.0, 1 / 3)
    assert math.isnan(sensitivity_specificity(np.array([0]), np.array([0.1]))[0])
    assert math.isnan(sensitivity_specificity(np.array([1]), np.array([0.1]))[1])


@pytest.mark.keras
def test_specificity_at_one_half_itself_is_as_keras_counts():
    from keras import metrics

    below_half = float(np.nextafter(np.float32(0.5), np.float32(0)))  # one half itself is not a finding
    theirs = metrics.Recall(class_id=0, thresholds=below_half)
    p = np.array([[0.5, 0.5], [0.4, 0.6], [0.9, 0.1]], np.float32)
    theirs.update_state(np.eye(2)[[0, 0, 0]], p)
    assert float(theirs.result()) == pytest.approx(2 / 3)
    assert sensitivity_specificity(np.zeros(3, int), p[:, 1])[1] == pytest.approx(2 / 3)
