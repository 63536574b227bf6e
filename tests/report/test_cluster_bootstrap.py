"""Intervals and p values by resampling groups: of known cases, consistent, and as often right as they say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.cluster_bootstrap import coverage
from cnnlab.report.cluster_bootstrap import draw_groups, p_value, percentile_interval, tail_share


def all_draws(groups: int, resamples: int = 2000) -> np.ndarray:
    return np.concatenate([*draw_groups(groups, resamples)])


def test_each_resample_takes_as_many_groups_as_there_are() -> None:
    times = all_draws(7)
    assert times.shape == (2000, 7) and (times.sum(axis=1) == 7).all()
    np.testing.assert_array_equal(times, all_draws(7))
    assert abs(times.mean() - 1) < 1e-9 and abs(times.var() - 6 / 7) < 0.05
    many = [*draw_groups(3000, 2000)]
    assert len(many) > 1 and sum(map(len, many)) == 2000


def test_the_tails_are_those_of_student_for_few_groups() -> None:
    assert tail_share(10**6) == pytest.approx(0.025, abs=1e-4)
    assert tail_share(10) == pytest.approx(0.00856, abs=1e-4)  # Phi(-2.2622 sqrt(10 / 9))
    assert [percentile_interval(np.arange(2000.0), groups) is None for groups in (2, 4, 5)] == [
        True,
        True,
        False,
    ]


def test_an_interval_of_a_mean_is_near_students() -> None:
    groups = np.random.default_rng(3).normal(0.8, 0.05, 12)
    low, high = percentile_interval(all_draws(12) @ groups / 12, 12) or (0, 0)
    half = 2.201 * groups.std(ddof=1) / math.sqrt(12)
    assert low == pytest.approx(groups.mean() - half, abs=half / 4)
    assert high == pytest.approx(groups.mean() + half, abs=half / 4)


def test_equal_and_undefined_resamples_have_no_interval() -> None:
    assert percentile_interval(np.ones(2000), 20) is None
    figures = np.arange(2000.0)
    figures[:90] = np.nan
    low, high = percentile_interval(figures, 20) or (0, 0)
    assert 90 <= low < high
    figures[:110] = np.nan
    assert percentile_interval(figures, 20) is None


@given(st.integers(5, 300), st.floats(-4, 4), st.integers(0, 999))
def test_p_is_below_a_twentieth_where_the_interval_omits_0(groups: int, shift: float, seed: int) -> None:
    differences = np.random.default_rng(seed).normal(shift, 1.3, 2000)
    low, high = percentile_interval(differences, groups) or (0, 0)
    p = p_value(differences, groups)
    assert (p < 0.05) == (low > 0 or high < 0) and 0 < p <= 1
    assert p_value(-differences, groups) == pytest.approx(p)


def test_p_of_no_difference_is_1() -> None:
    assert p_value(np.repeat([-1.0, 1.0], 1000), 30) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(("key", "draws"), [("accuracy", 150), ("auc", 100)])
def test_intervals_hold_the_truth_about_as_often_as_they_say(key: str, draws: int) -> None:
    """A short form of benchmarks/cluster_bootstrap.py; those who forget the groups are seen to be wrong."""
    (report, width), (percentile, _), _, (images, _) = coverage(key, 10, False, 0.3, draws, 400)
    assert 0.83 <= report <= 0.99 and report >= percentile and width < 0.4
    assert images < report - 0.1
