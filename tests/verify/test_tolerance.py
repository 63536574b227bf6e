"""The rule of what rounding explains, and how two arrays are compared. No Keras."""

import math

import numpy as np
import pytest

from cnnlab.verify.tolerance import compare, largest_difference, tolerance, tolerance_rule


def test_the_tolerance_grows_with_the_root_of_the_terms_and_with_the_scale():
    assert tolerance("float64", 1, 1.0) == pytest.approx(16 * 2.220446049250313e-16)
    assert tolerance("float32", 100, 2.0) == pytest.approx(20 * tolerance("float32", 1, 1.0))
    assert tolerance("float32", 0, 1.0) == tolerance("float32", 1, 1.0)


def test_the_rule_names_epsilon_and_type():
    assert "1.2e-07 (float32 epsilon)" in tolerance_rule("float32")
    assert "2.2e-16 (float64 epsilon)" in tolerance_rule("float64")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sums_in_another_order_pass_and_a_relative_mistake_does_not(dtype):
    rng = np.random.default_rng(0)
    terms = rng.normal(size=(2000, 400)).astype(dtype)
    one_way, other_way = terms.sum(axis=1), terms[:, ::-1].cumsum(axis=1)[:, -1]
    assert (one_way != other_way).any()
    assert compare("sum", one_way, other_way, terms=400).passed
    wrong = one_way * (1 + 1e4 * np.finfo(dtype).eps).astype(dtype)
    assert not compare("sum", one_way, wrong, terms=400).passed


def test_the_columns_of_a_comparison():
    keras, ours = np.array([1.0, -2.0]), np.array([1.5, -2.25])
    comparison = compare("gradient of x", keras, ours, terms=4, extra=0.5)
    assert comparison.backward
    assert (comparison.keras_sum, comparison.numpy_sum, comparison.sum_difference) == (3.0, 3.75, 0.75)
    assert comparison.largest_difference == 0.5
    assert comparison.tolerance == pytest.approx(0.5 + tolerance("float64", 4, 2.0))
    assert comparison.passed
    assert comparison.badness < 1


@pytest.mark.parametrize(
    "ours", [np.zeros((2, 1)), np.zeros(2, np.float32), np.array([0.0, math.nan]), np.array([0.0, math.inf])]
)
def test_another_shape_or_type_or_nan_never_passes(ours):
    comparison = compare("output", np.zeros(2), ours, terms=1, extra=1e9)
    assert comparison.largest_difference == math.inf
    assert not comparison.passed


def test_equal_infinities_and_nans_do_not_differ():
    same = np.array([math.inf, -math.inf, math.nan, 1.0])
    assert largest_difference(same, same.copy()) == 0.0
    assert largest_difference(np.zeros((0, 3)), np.zeros((0, 3))) == 0.0


def test_all_zero_on_both_sides_passes():
    assert compare("output", np.zeros(3), np.zeros(3), terms=1).passed
