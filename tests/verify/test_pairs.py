"""One case on both sides: the same arrays under the same names, drawn from the case's own numbers."""

import numpy as np
import pytest

from cnnlab.verify.cases import LayerCase
from cnnlab.verify.pairs import run_pair

pytestmark = pytest.mark.keras

DENSE = LayerCase("Dense", {"units": 4}, ((3, 5),))


def test_both_sides_have_the_same_arrays():
    pair = run_pair(DENSE)
    names = ["output", "output (fast path)", "gradient of input", "gradient of kernel", "gradient of bias"]
    assert set(pair.keras) == set(pair.numpy) == set(names)
    for name in names:
        np.testing.assert_allclose(pair.keras[name], pair.numpy[name], rtol=1e-12)
    assert (pair.weights.keras, pair.weights.numpy) == (24, 24)
    assert (pair.terms.output, pair.terms.input_gradient, pair.terms.weight_gradient) == (5, 4, 3)


def test_a_case_is_drawn_from_its_seed_and_its_name():
    first, again = run_pair(DENSE), run_pair(DENSE)
    np.testing.assert_array_equal(first.numpy["output"], again.numpy["output"])
    assert not np.array_equal(first.numpy["output"], run_pair(DENSE, seed=1).numpy["output"])


def test_training_has_no_fast_path_and_moves_its_averages():
    case = LayerCase("BatchNormalization", {}, ((8, 4),), training=True)
    pair = run_pair(case)
    assert "output (fast path)" not in pair.keras and "output (fast path)" not in pair.numpy
    assert {"moving_mean", "moving_variance"} <= set(pair.keras) & set(pair.numpy)


def test_several_inputs_are_numbered():
    names = set(run_pair(LayerCase("Add", {}, ((2, 3),) * 2)).numpy)
    assert {"gradient of input 0", "gradient of input 1"} <= names


def test_a_loss_has_an_output_and_a_gradient_in_the_type_that_is_asked_for():
    case = LayerCase("BinaryCrossentropy", {"from_logits": True}, ((8, 10),), "large")
    pair = run_pair(case, dtype="float32")
    assert set(pair.keras) == set(pair.numpy) == {"output", "gradient of input"}
    assert {array.dtype for array in (*pair.keras.values(), *pair.numpy.values())} == {np.dtype("float32")}
    assert pair.terms.output == 80 and np.isfinite(pair.numpy["output"])
