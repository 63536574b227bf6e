"""The figures of two classes: by hand, by their laws, by brute force, and against Keras."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.metrics import (
    figures_at_threshold,
    sensitivity_specificity,
    two_class_figures,
    youden_threshold,
)
from tests.metrics.samples import LABELS, SCORES, pair, scored


@settings(max_examples=200, deadline=None)
@given(scored(), st.booleans())
def test_no_threshold_beats_the_chosen_one(drawn, single):
    labels, scores = drawn
    p = pair(scores).astype(np.float32 if single else np.float64)

    def advantage(threshold: float) -> float:
        return sum(sensitivity_specificity(labels, p[:, 1], threshold)) - 1

    chosen = youden_threshold(labels, p)
    assert chosen is not None and 0 <= chosen <= 1
    for threshold in [*np.unique(scores), *np.linspace(0, 1, 60)]:
        assert advantage(chosen) >= advantage(float(threshold)) - 1e-12


def test_the_threshold_lies_between_two_scores_the_nearest_to_one_half():
    assert youden_threshold(np.array([0, 0, 1, 1]), pair([0.1, 0.2, 0.6, 0.9])) == pytest.approx(0.4)
    # all of (0.1, 0.9): J is 1/2 for a threshold in (0.1, 0.3) and in (0.6, 0.9)
    assert youden_threshold(np.array([0, 1, 0, 1]), pair([0.1, 0.3, 0.6, 0.9])) == pytest.approx(0.75)
    assert youden_threshold(np.array([0, 1, 0, 1]), pair([0.1, 0.5, 0.6, 0.9])) == pytest.approx(0.3)
    assert youden_threshold(np.array([1, 1]), pair([0.1, 0.9])) is None
    assert (
        youden_threshold(np.array([1, 0]), pair([0.1, 0.9])) == 1.0
    )  # worse than chance: nothing is positive


def test_neighbouring_scores_are_told_apart():
    low = np.float32(0.7)
    p = np.array([[0.3, low], [0.3, np.nextafter(low, np.float32(1))]], np.float32)
    chosen = youden_threshold(np.array([0, 1]), p)
    assert chosen is not None
    assert figures_at_threshold(np.array([0, 1]), p, chosen)["accuracy_at_threshold"] == 1.0


def test_what_is_told_of_two_classes():
    figures = two_class_figures(LABELS, pair(SCORES))
    assert list(figures) == ["auc", "auc_onehot", "auc_pr", "sensitivity", "specificity", "ece"]
    assert figures["auc"] == pytest.approx(7 / 9)
    assert all(0 <= value <= 1 for value in figures.values())
