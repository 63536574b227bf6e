"""Calibration: bins and their error, by hand and by their laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.metrics import (
    calibration_bins,
    expected_calibration_error,
)
from tests.metrics.samples import pair, scored


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
