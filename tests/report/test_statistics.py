import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnlab.report.statistics import two_sided_p, welch

SAMPLES = st.lists(st.floats(min_value=-1e3, max_value=1e3), min_size=2, max_size=8)


def test_by_hand():
    # means 2 and 5; variances of the means 1/3 and 4/3; (5/3)^2 / ((1/9 + 16/9) / 2) = 50/17
    result = welch([1, 2, 3], [3, 5, 7])
    assert result.difference == -3
    assert result.t == pytest.approx(-3 / math.sqrt(5 / 3))
    assert result.degrees_of_freedom == pytest.approx(50 / 17)
    assert result.p == pytest.approx(0.1045, abs=5e-4)
    assert result.chance_explains_it
    assert sum(result.ci95) / 2 == pytest.approx(-3)


@given(SAMPLES, SAMPLES)
def test_agrees_with_scipy(a, b):
    assume(min(np.std(a), np.std(b)) > 1e-3)
    ours, theirs = welch(a, b), scipy.stats.ttest_ind(a, b, equal_var=False)
    assert ours.t == pytest.approx(theirs.statistic, rel=1e-6, abs=1e-9)
    assert ours.p == pytest.approx(theirs.pvalue, rel=1e-5, abs=1e-9)
    interval = theirs.confidence_interval(0.95)
    assert ours.ci95 == pytest.approx((interval.low, interval.high), rel=1e-6, abs=1e-6)


@given(SAMPLES, SAMPLES)
def test_swapping_sides_swaps_the_sign(a, b):
    one, other = welch(a, b), welch(b, a)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one.t == pytest.approx(-other.t)
        assert one.p == pytest.approx(other.p)


def test_the_interval_excludes_zero_exactly_when_p_is_small():
    far, near = welch([1, 1.1, 1.2], [2, 2.1, 2.2]), welch([1, 1.1, 1.2], [1.1, 1.2, 1.3])
    assert not far.chance_explains_it and far.ci95[1] < 0
    assert near.chance_explains_it and near.ci95[0] < 0 < near.ci95[1]


@pytest.mark.parametrize(
    ("a", "b"), [([1], [1, 2]), ([1, 2], [3]), ([], []), ([1, 1], [2, 2]), ([1, math.nan], [1, 2])]
)
def test_where_the_test_says_nothing(a, b):
    assert welch(a, b) is None


def test_no_spread_on_one_side_is_enough_to_compare():
    assert welch([1, 1, 1], [2, 2.5, 3]).degrees_of_freedom == pytest.approx(2)


def test_p_of_known_t():
    assert two_sided_p(0, 5) == 1
    assert two_sided_p(12.706204736, 1) == pytest.approx(0.05)
