"""The figures of two classes: by hand, by their laws, by brute force, and against Keras."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from cnnlab.metrics import (
    average_precision,
    calibration_bins,
    cross_entropy,
    expected_calibration_error,
    figures_at_threshold,
    pooled_auc,
    roc_auc,
    roc_curve,
    sensitivity_specificity,
    two_class_figures,
    youden_threshold,
)

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


def test_sensitivity_and_specificity_by_hand():
    assert sensitivity_specificity(LABELS, SCORES) == (2 / 3, 1.0)  # one half itself is no finding
    assert sensitivity_specificity(LABELS, SCORES, 0.3) == (1.0, 1 / 3)
    found = figures_at_threshold(LABELS, pair(SCORES), 0.3)
    assert found["accuracy_at_threshold"] == 4 / 6
    assert (found["sensitivity_at_threshold"], found["specificity_at_threshold"]) == (1.0, 1 / 3)
    assert math.isnan(sensitivity_specificity(np.array([0]), np.array([0.1]))[0])
    assert math.isnan(sensitivity_specificity(np.array([1]), np.array([0.1]))[1])


def test_average_precision_by_hand():
    # from the highest score: 1, 1, 0, 0, 1, 0: precision 1/1 and 2/2 at the first two, 3/5 at the third
    assert average_precision(LABELS, pair(SCORES)) == pytest.approx((1 + 1 + 3 / 5) / 3)
    # ties are taken together: both images of 0.5, one of them positive
    tied = average_precision(np.array([1, 0, 1]), pair([0.5, 0.5, 0.25]))
    assert tied == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert average_precision(np.array([0, 1]), pair([0.5, 0.5])) == 0.5
    assert math.isnan(average_precision(np.array([0, 0]), pair([0.5, 0.1])))
    many = np.array([[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.4, 0.1, 0.5]])
    assert average_precision(np.array([0, 1, 2]), many) == 1.0


def test_pooled_auc_by_hand():
    # one-hot pairs: positives .9 .6 .3, negatives .1 .4 .7: 3 + 2 + 1 wins of 9 pairs
    assert pooled_auc(np.array([0, 0, 1]), pair([0.1, 0.4, 0.3])) == pytest.approx(6 / 9)
    assert roc_auc(np.array([0, 0, 1]), pair([0.1, 0.4, 0.3])) == 0.5  # and so it is no ROC AUC


@settings(max_examples=150, deadline=None)
@given(scored())
def test_ranks_agree_with_counting_pairs(drawn):
    labels, scores = drawn
    positive, negative = scores[labels == 1], scores[labels == 0]
    u = mannwhitneyu(positive, negative).statistic
    assert roc_auc(labels, pair(scores)) == pytest.approx(u / (len(positive) * len(negative)))
    false_rate, true_rate = roc_curve(labels == 1, scores)
    assert np.trapezoid(true_rate, false_rate) == pytest.approx(roc_auc(labels, pair(scores)))
    for rate in (false_rate, true_rate):
        assert rate[0] == 0 and rate[-1] == 1 and (np.diff(rate) >= 0).all()
    flat_labels, flat_scores = np.eye(2)[labels].ravel(), pair(scores).ravel()
    wins = [
        (a > b) + 0.5 * (a == b) for a in flat_scores[flat_labels == 1] for b in flat_scores[flat_labels == 0]
    ]
    assert pooled_auc(labels, pair(scores)) == pytest.approx(np.mean(wins))


@settings(max_examples=150, deadline=None)
@given(scored())
def test_average_precision_is_its_definition(drawn):
    labels, scores = drawn
    total, before = Fraction(0), Fraction(0)
    for threshold in sorted(set(scores.tolist()), reverse=True):
        found = labels[scores >= threshold]
        recall = Fraction(int(found.sum()), int(labels.sum()))
        total += (recall - before) * Fraction(int(found.sum()), len(found))
        before = recall
    assert average_precision(labels, pair(scores)) == pytest.approx(float(total))


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


def test_calibration_error_by_hand():
    # bins of a fifth: .1 and .2 lie in the first, .3 in the second, .9 and 1 in the last
    labels, scores = np.array([0, 1, 0, 1, 1]), np.array([0.1, 0.2, 0.3, 0.9, 1.0])
    bins = calibration_bins(labels == 1, scores, 5)
    assert bins.count.tolist() == [2, 1, 0, 0, 2]
    np.testing.assert_allclose(bins.predicted[[0, 1, 4]], [0.15, 0.3, 0.95])
    np.testing.assert_allclose(bins.observed[[0, 1, 4]], [0.5, 0.0, 1.0])
    assert np.isnan(bins.predicted[2]) and np.isnan(bins.observed[3])
    expected = (2 * 0.35 + 1 * 0.3 + 2 * 0.05) / 5
    assert expected_calibration_error(labels, pair(scores), 5) == pytest.approx(expected)


def test_calibration_error_of_many_classes_is_of_the_most_probable_one():
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.7, 0.2], [0.9, 0.05, 0.05]])
    # bins of a tenth: two images at .7, one of them right; one at .9, right
    assert expected_calibration_error(np.array([0, 2, 0]), p, 10) == pytest.approx((2 * 0.2 + 0.1) / 3)


@settings(max_examples=100, deadline=None)
@given(scored(), st.integers(1, 20))
def test_laws_of_calibration(drawn, bins):
    labels, scores = drawn
    found = calibration_bins(labels == 1, scores, bins)
    assert found.count.sum() == len(labels)
    filled = found.count > 0
    assert np.nansum(found.count * found.observed) == pytest.approx(labels.sum())
    assert np.nansum(found.count * found.predicted) == pytest.approx(scores.sum())
    edges = np.arange(bins + 1) / bins
    assert (found.predicted[filled] <= edges[1:][filled] + 1e-9).all()
    assert (found.predicted[filled] >= edges[:-1][filled] - 1e-9).all()
    error = expected_calibration_error(labels, pair(scores), bins)
    assert abs(labels.mean() - scores.mean()) - 1e-9 <= error <= 1
    assert expected_calibration_error(labels, pair(labels.astype(float)), bins) == 0


def test_calibrated_scores_have_a_small_error_and_shifted_ones_their_shift():
    rng = np.random.default_rng(0)
    p = rng.uniform(0.1, 0.8, 200_000)
    labels = (rng.random(200_000) < p).astype(int)
    assert expected_calibration_error(labels, pair(p)) < 0.01
    assert expected_calibration_error(labels, pair(p + 0.1)) == pytest.approx(0.1, abs=0.01)


def test_what_is_told_of_two_classes():
    figures = two_class_figures(LABELS, pair(SCORES))
    assert list(figures) == ["auc", "auc_onehot", "auc_pr", "sensitivity", "specificity", "ece"]
    assert figures["auc"] == pytest.approx(7 / 9)
    assert all(0 <= value <= 1 for value in figures.values())


def test_cross_entropy_is_the_negative_log_likelihood():
    likelihood = np.prod(np.where(LABELS == 1, SCORES, 1 - SCORES))
    assert cross_entropy(LABELS, pair(SCORES)) == pytest.approx(-math.log(likelihood) / 6)


@pytest.mark.keras
def test_specificity_at_one_half_itself_is_as_keras_counts():
    from cnnlab.metrics import metric

    theirs = metric.get("specificity")(parameters=metric.get("specificity").parameters()).keras()
    p = np.array([[0.5, 0.5], [0.4, 0.6], [0.9, 0.1]], np.float32)
    theirs.update_state(np.eye(2)[[0, 0, 0]], p)
    assert float(theirs.result()) == pytest.approx(2 / 3)
    assert sensitivity_specificity(np.zeros(3, int), p[:, 1])[1] == pytest.approx(2 / 3)
