import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnlab.report.statistics import (
    detectable_difference,
    hedges_g,
    holm,
    paired,
    prediction_interval,
    sign_test,
    two_sided_p,
    welch,
)
from cnnlab.runs.summary import summarize

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


def test_pairs_by_hand():
    # differences 1, 2, 3: mean 2, sd 1, t = 2 / (1 / sqrt 3)
    found = paired([2, 4, 6], [1, 2, 3])
    assert (found.differences, found.mean, found.sd) == ((1, 2, 3), 2, 1)
    assert found.test.t == pytest.approx(2 * math.sqrt(3))
    assert (found.test.degrees_of_freedom, found.test.effect_size) == (2, 2)
    assert (found.sign.up, found.sign.down, found.sign.ties, found.sign.p) == (3, 0, 0, 0.25)


@given(st.lists(st.tuples(*[st.floats(-1e3, 1e3)] * 2), min_size=2, max_size=9))
def test_pairs_agree_with_scipy(pairs):
    a, b = zip(*pairs, strict=True)
    assume(np.std(np.subtract(a, b)) > 1e-3)
    ours, theirs = paired(a, b).test, scipy.stats.ttest_rel(a, b)
    assert ours.t == pytest.approx(theirs.statistic, rel=1e-6, abs=1e-9)
    assert ours.p == pytest.approx(theirs.pvalue, rel=1e-5, abs=1e-9)
    interval = theirs.confidence_interval(0.95)
    assert ours.ci95 == pytest.approx((interval.low, interval.high), rel=1e-6, abs=1e-6)


def test_pairs_that_say_nothing_or_little():
    assert paired([1], [2]) is None
    assert paired([1, math.nan, None], [2, 3, 4]) is None
    same = paired([0.93, 0.94, 0.95], [0.92, 0.93, 0.94])  # the differences are equal but for rounding
    assert (same.sd, same.test) == (0, None)
    assert (same.sign.up, same.sign.p) == (3, 0.25)
    equal = paired([1, 2], [1, 2])
    assert equal.test is None
    assert (equal.sign.up, equal.sign.down, equal.sign.ties, equal.sign.p) == (0, 0, 2, 1)


def test_a_pair_without_a_number_leaves_the_others():
    found = paired([1, math.nan, 3, 5], [0, 0, 1, 1])
    assert found.differences == (1, 2, 4)


@given(st.integers(0, 12), st.integers(0, 12))
def test_signs_agree_with_scipy(up, down):
    assume(up + down)
    expected = scipy.stats.binomtest(up, up + down).pvalue
    assert sign_test([1.0] * up + [-1.0] * down + [0.0]).p == pytest.approx(expected)


@pytest.mark.parametrize("degrees", [1, 2, 4, 8, 30])
def test_the_detectable_difference_is_found_in_four_of_five_cases(degrees):
    found = detectable_difference(2.0, degrees)
    limit = scipy.stats.t.ppf(0.975, degrees)
    assert scipy.stats.nct.sf(limit, degrees, found / 2.0) == pytest.approx(0.8, abs=1e-5)


def test_the_detectable_difference_in_a_simulation():
    draws = np.random.default_rng(0).normal(detectable_difference(1 / math.sqrt(5), 4), 1, (4000, 5))
    found = scipy.stats.ttest_1samp(draws, 0, axis=1).pvalue < 0.05
    assert found.mean() == pytest.approx(
        0.8, abs=0.04
    )  # the sd of this share is 0.006; error 1 / sqrt 5 is exact


def test_a_further_repeat_is_expected_by_hand():
    low, high = prediction_interval(summarize([1, 2, 3]))  # 2 +- 4.303 * 1 * sqrt(1 + 1/3)
    assert (low + high) / 2 == 2
    assert high - low == pytest.approx(2 * 4.302653 * math.sqrt(4 / 3))
    assert prediction_interval(summarize([1])) is None


def test_effect_size_by_hand():
    # pooled sd of [1, 2, 3] and [3, 5, 7]: sqrt((1 + 4) / 2); correction 1 - 3 / 15
    assert hedges_g(summarize([1, 2, 3]), summarize([3, 5, 7])) == pytest.approx(-3 / math.sqrt(2.5) * 0.8)
    assert hedges_g(summarize([1, 1]), summarize([2, 2])) is None
    assert hedges_g(summarize([1]), summarize([2, 3])) is None


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1, 1]
    assert holm([]) == []


@pytest.mark.parametrize(
    ("a", "b", "detectable"),
    [
        ([0.98, 0.78], [0.99, 0.45], None),
        ([0.90, 0.91, 0.93], [0.92, 0.94, 0.95], pytest.approx(0.05, abs=0.03)),
    ],
)
def test_a_difference_is_possible_or_too_few_repeats_tell(a, b, detectable):
    found = welch(a, b, "accuracy")
    assert found.detectable == detectable
    assert -1 <= found.ci95[0] < found.difference < found.ci95[1] <= 1
    assert welch(a, b).detectable is not None  # of a metric without a range


@given(*[st.lists(st.floats(0, 1), min_size=2, max_size=5)] * 2)
def test_intervals_of_differences_are_possible_and_agree_with_p(a, b):
    pairs = list(zip(a, b, strict=False))
    found = [welch(a, b, "accuracy"), getattr(paired(*zip(*pairs, strict=True), "accuracy"), "test", None)]
    for test in filter(None, found):
        assert -1 <= test.ci95[0] <= test.ci95[1] <= 1
        assert test.detectable is None or 0 < test.detectable <= 1
        if abs(test.p - 0.05) > 1e-6:
            assert (test.p < 0.05) == (test.ci95[0] > 0 or test.ci95[1] < 0)


def test_a_further_repeat_is_expected_where_it_can_be():
    assert prediction_interval(summarize([0.97, 0.99], "accuracy"), "accuracy")[1] == 1
    assert prediction_interval(summarize([1.0, 1.0], "accuracy"), "accuracy") is None
