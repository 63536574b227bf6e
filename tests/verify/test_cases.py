"""The cases of layers: by the names that people type, each told apart from the others, and what they are fed."""

import numpy as np
import pytest

from cnnlab.errors import ConfigError
from cnnlab.verify.cases import CASES, INPUTS, LayerCase, chosen_kinds, draw_inputs


@pytest.mark.parametrize("name", ["conv2d", "Conv2D", "conv_2d", "CONV2D"])
def test_capitals_and_underscores_do_not_matter(name):
    assert chosen_kinds([name]) == ["Conv2D"]


def test_several_kinds_come_in_the_tables_order_and_none_means_all():
    assert chosen_kinds(["dense", "conv2d", "dense"]) == ["Conv2D", "Dense"]
    assert chosen_kinds([]) == list(CASES)


def test_an_unknown_kind_lists_all_and_names_the_nearest():
    with pytest.raises(
        ConfigError, match=r"no layer kind 'conv3d' \(did you mean 'conv2d'\?\).*maxpooling2d"
    ):
        chosen_kinds(["dense", "conv3d"])


def test_no_two_cases_of_a_kind_have_one_label():
    """A case is drawn from its label, and named by it."""
    for kind, cases in CASES.items():
        labels = [case.label for case in cases]
        assert len(set(labels)) == len(labels) > 0, kind
        assert all(case.kind == kind for case in cases)
    case = LayerCase("Add", {"axis": 1}, ((2, 3), (2, 1)), "zeros", training=True)
    assert case.label == "axis=1 2x3 + 2x1 zeros training"


@pytest.mark.parametrize("kind", INPUTS)
def test_inputs_are_drawn_as_they_are_called(kind):
    drawn = draw_inputs(LayerCase("Add", {}, ((40, 5), (3,)), kind), np.random.default_rng(0))
    assert [x.shape for x in drawn] == [(40, 5), (3,)] and all(x.dtype == np.float64 for x in drawn)
    x = drawn[0]
    told = {
        "normal": x.std() < 2 and len(np.unique(x)) == 200,
        "negative": (x <= -1).all(),
        "ties": set(np.unique(x)) == {0, 1},
        "zeros": 0.2 < (x == 0).mean() < 0.8,
        "large": np.abs(x).max() > 1000,  # exp of it overflows
        "pixels": (x == np.round(x)).all() and x.min() >= 0 and 200 < x.max() <= 255,
    }
    assert told[kind]
