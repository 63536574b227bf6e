import importlib.util
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.metrics import metric, two_class_figures
from cnnlab.runs.measures import Measure, measure_of
from cnnlab.runs.summary import summarize
from tests.conftest import REPOSITORY

SHARE, AGREEMENT, LOSS = Measure(0, 1), Measure(-1, 1), Measure(0)
METRICS = st.sampled_from(["accuracy", "auc", "cohen_kappa", "loss", "val_f1_macro"])
ENDS = {"cohen_kappa": (-1, 1), "loss": (0, 50)}


def simulation():
    """benchmarks/coverage.py, which made the table of docs/statistics.md."""
    spec = importlib.util.spec_from_file_location(
        "coverage_of_intervals", REPOSITORY / "benchmarks/coverage.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("spread", ["images", "usual", "wild"])
@pytest.mark.parametrize("n", [3, 5, 10])
@pytest.mark.parametrize("p", [0.9, 0.975, 0.995])
def test_about_95_of_100_intervals_hold_the_true_mean(spread, n, p):
    simulated = simulation()
    ours, student, _, equal = simulated.coverage(
        simulated.repeats(simulated.SPREADS[spread], p, n, draws=1200, seed=n), p
    )
    assert 0.92 <= ours <= 0.985  # the sd of such a share is 0.006
    assert ours >= student - 0.01
    assert equal < 0.03


@pytest.mark.parametrize("n", [3, 5, 10])
def test_intervals_of_losses_hold_the_true_mean_more_often_than_those_of_student(n):
    simulated = simulation()
    ours, student, outside, _ = simulated.coverage(simulated.losses(0.5, n, 1200, seed=n), 1.0, "loss")
    assert ours >= 0.92 and ours > student
    assert n > 3 or outside > 0.3


@st.composite
def samples(draw):
    """A metric, and values that it can have, the ends among them."""
    name = draw(METRICS)
    low, high = ENDS.get(name, (0, 1))
    values = st.one_of(st.floats(low, high), st.sampled_from([low, high]))
    return name, draw(st.lists(values, min_size=1, max_size=8))


@given(samples())
def test_an_interval_holds_the_mean_and_is_possible(sample):
    name, values = sample
    found = summarize(values, name)
    assert (found.ci95 is None) == (len(values) == 1 or found.sd == 0)
    if found.ci95 is not None:
        low, high = found.ci95
        assert measure_of(name).low <= low <= found.mean + 1e-12
        assert found.mean - 1e-12 <= high <= measure_of(name).high


@given(st.lists(st.floats(0, 1), min_size=2, max_size=8))
def test_what_is_counted_from_the_other_end_has_the_mirrored_interval(values):
    ours, theirs = summarize(values, "accuracy").ci95, summarize([1 - v for v in values], "accuracy").ci95
    if ours and theirs:
        assert ours == pytest.approx((1 - theirs[1], 1 - theirs[0]), abs=1e-9)


@pytest.mark.parametrize("measure", [SHARE, AGREEMENT, LOSS])
def test_a_small_spread_has_the_interval_of_student(measure):
    low, high = measure.around(0.5, 1e-5)
    assert (low, high) == pytest.approx((0.5 - 1e-5, 0.5 + 1e-5), abs=1e-9)
    assert Measure().around(0.5, 3) == (-2.5, 3.5)


def test_wilson_by_hand():
    # 9 of 10, z = 1.96: the standard error of the share is sqrt(.9 * .1 / 10)
    expected = (0.9 + 1.96**2 / 20 + 1.96 * math.sqrt(0.09 / 10 + 1.96**2 / 400)) / (1 + 1.96**2 / 10)
    assert SHARE.around(0.9, 1.96 * math.sqrt(0.009))[1] == pytest.approx(expected)
    assert SHARE.around(0.9, 1.96 * math.sqrt(0.009))[0] == pytest.approx(0.5958, abs=1e-4)


@pytest.mark.parametrize(("measure", "mean"), [(SHARE, 0.88), (AGREEMENT, 0.4), (LOSS, 0.3)])
def test_each_end_solves_its_equation(measure, mean):
    half = 0.7

    def variance(m):
        return (m - measure.low) * (measure.high - m if measure.high < math.inf else 1)

    for end in measure.around(mean, half):
        assert (mean - end) ** 2 == pytest.approx(half**2 * variance(end) / variance(mean))


def test_the_impossible_intervals_that_were_reported():
    assert summarize([0.98, 0.78], "accuracy").ci95 == pytest.approx((0.0493, 0.9985), abs=2e-3)
    low, high = summarize([0.05, 0.1, 0.9], "cross_entropy").ci95
    assert 0 < low < 0.35 < high


def test_values_that_a_name_does_not_promise_have_the_interval_of_student():
    assert summarize([1, 3], "precision_of_nothing").ci95 == summarize([1, 3]).ci95


TWO_CLASSES = two_class_figures(np.array([0, 1]), np.full((2, 2), 0.5))


@pytest.mark.parametrize("name", [*metric.names(), *TWO_CLASSES])
def test_every_metric_has_its_range(name):
    name = "top_5" if name == "top_k" else name
    expected = AGREEMENT if name in ("cohen_kappa", "matthews") else SHARE
    assert measure_of(name) == measure_of(f"{name}_at_threshold") == expected


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("loss", LOSS),
        ("cross_entropy", LOSS),
        ("cohen_kappa", AGREEMENT),
        ("matthews", AGREEMENT),
        ("mine", Measure()),
    ],
)
def test_other_ranges(name, measure):
    assert measure_of(name) == measure


def test_differences():
    assert SHARE.of_differences == Measure(-1, 1)
    assert LOSS.of_differences == Measure()
    assert SHARE.of_differences.cut(-1.5, 0.2) == (-1, 0.2)
