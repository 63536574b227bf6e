"""Metrics of ranks: by hand, by their laws, by brute force."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.stats import mannwhitneyu

from cnnlab.metrics import (
    average_precision,
    pooled_auc,
    roc_auc,
    roc_curve,
)
from tests.metrics.samples import LABELS, SCORES, pair, scored


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
