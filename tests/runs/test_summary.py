import math
import warnings

import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnlab.runs.summary import summarize

LAB_2025 = [0.9232, 0.9243, 0.9421, 0.9285, 0.9355]
FLOATS = st.floats(min_value=-1e6, max_value=1e6)


def test_the_published_values_of_the_lab():
    summary = summarize(LAB_2025)
    assert summary.n == 5
    assert summary.mean == pytest.approx(0.93072, abs=1e-12)
    assert summary.sd == pytest.approx(math.sqrt(2.55048e-4 / 4))  # squared deviations by hand
    assert summary.ci95 == pytest.approx((0.93072 - 0.0099148, 0.93072 + 0.0099148), abs=1e-6)
    low, high = summarize(LAB_2025, "accuracy").ci95  # a little farther from 100 %
    assert (low, high) == pytest.approx((0.920135, 0.939993), abs=1e-5)
    assert (summary.minimum, summary.maximum) == (0.9232, 0.9421)


def test_one_value_has_no_spread():
    summary = summarize([0.5])
    assert (summary.n, summary.mean, summary.sd, summary.ci95) == (1, 0.5, None, None)


def test_two_values_by_hand():
    summary = summarize([1, 3])
    assert summary.sd == math.sqrt(2)
    assert summary.ci95 == pytest.approx((2 - 12.706204736, 2 + 12.706204736))


def test_equal_values_have_spread_zero_and_no_interval():
    for value in (0.1, 1.0):
        summary = summarize([value] * 3, "accuracy")
        assert (summary.mean, summary.sd, summary.ci95) == (value, 0, None)


def test_values_that_differ_by_rounding_alone_have_spread_zero_and_no_interval():
    found = summarize([1.0, 1 - 2**-53], "auc_pr")
    assert (found.sd, found.ci95) == (0.0, None)
    assert summarize([1.0, 1 - 1e-9], "auc_pr").sd > 0


def test_what_is_not_finite_is_left_out_and_counted():
    summary = summarize([1, math.nan, 3, None, math.inf])
    assert (summary.n, summary.left_out, summary.mean) == (2, 3, 2)
    assert len(summary.values) == 5
    assert summary.finite == (1, 3)


def test_no_value_at_all():
    for values in ([], [None], [math.nan]):
        summary = summarize(values)
        assert (summary.n, summary.mean, summary.sd, summary.ci95, summary.minimum) == (0, *[None] * 4)


@given(st.lists(FLOATS, min_size=2, max_size=12))
def test_agrees_with_scipy(values):
    summary = summarize(values)
    assert summary.mean == pytest.approx(np.mean(values), rel=1e-9, abs=1e-9)
    assert summary.sd == pytest.approx(np.std(values, ddof=1), rel=1e-6, abs=1e-6)
    assert summary.minimum <= summary.mean <= summary.maximum
    assume(np.std(values) > 1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = scipy.stats.t.interval(0.95, len(values) - 1, np.mean(values), scipy.stats.sem(values))
    assert summary.ci95 == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(st.lists(FLOATS, min_size=2, max_size=6), FLOATS)
def test_the_order_of_values_changes_nothing(values, shift):
    a, b = summarize(values), summarize(values[::-1])
    assert (a.mean, a.sd, a.ci95) == (b.mean, b.sd, b.ci95)
    assert summarize([v + shift for v in values]).sd == pytest.approx(a.sd, rel=1e-6, abs=1e-6)
