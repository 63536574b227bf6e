"""Which class has which number."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.datasets.class_order import class_order
from cnnlab.errors import DataError

HERE = Path("here")


def order(labels, **asked):
    return class_order(HERE, labels, **asked)


def test_text_is_in_natural_order_and_numbers_by_value():
    assert order(["img10", "img9", "b"]).names == ("b", "img9", "img10")
    found = order([10, 9, -1])
    assert found.names == ("-1", "9", "10")
    assert found.indices(np.array([9, -1, 9, 10])).tolist() == [1, 0, 1, 2]


@given(st.sets(st.integers(-(10**9), 10**9), min_size=2, max_size=30))
def test_numbers_are_renumbered_by_value_with_a_note_where_they_change(values):
    found = order(values)
    assert found.indices(np.array(sorted(values))).tolist() == list(range(len(values)))
    assert found.names == tuple(map(str, sorted(values)))
    assert bool(found.notes) == (sorted(values) != list(range(len(values))))


@given(st.sets(st.integers(0, 10**6), min_size=2, max_size=30))
def test_text_that_is_numbers_has_the_order_of_numbers(values):
    assert order(map(str, values)).names == order(values).names


def test_classes_give_the_order_and_which_count():
    found = order(["a", "b", "c"], classes=["c", "a"])
    assert found.names == ("c", "a") and found.left_out == ("b",) and not found.notes
    assert found.indices(np.array(["a", "b", "c"])).tolist() == [1, -1, 0]
    assert order([1, 2, 3], classes=[3, "1"]).names == ("3", "1")


def test_the_positive_class_is_class_1():
    assert order(["benign", "tumour"], positive="benign").names == ("tumour", "benign")
    assert order(["benign", "tumour"], positive="tumour").notes == ()
    found = order([0, 1], positive=0)
    assert found.names == ("1", "0")
    assert found.notes == (
        "The labels are not the numbers of the classes: label 1 is class 0, 0 is class 1.",
    )
    assert order("ab", classes=["b", "a"], positive="a").names == ("b", "a")


def test_names_of_the_source_count_from_0_or_from_1():
    names = ["x", "y", "z"]
    assert order([0, 2], class_names=names).indices(np.array([0, 2])).tolist() == [0, 2]
    assert order([1, 3], class_names=names).indices(np.array([1, 3])).tolist() == [0, 2]
    assert order([1, 2], class_names=names).indices(np.array([1, 2])).tolist() == [1, 2]
    assert order(["z"], class_names=names).names == ("x", "y", "z")


def test_names_that_differ_in_capitals_alone_are_noted():
    assert order(["Cat", "cat", "dog"]).notes == (
        "'Cat' and 'cat' are two classes: is one of them misspelt?",
    )


@pytest.mark.parametrize(
    ("labels", "asked", "text"),
    [
        (["a"], {}, "here has one class, a; expected two or more"),
        ([], {}, "here has no class; expected"),
        (["cat", "dog"], {"classes": ["cat", "dig"]}, r"no class dig \(did you mean 'dog'\?\), which `classes`"),
        (["cat", "dog"], {"classes": ["cat", "cat"]}, "`classes` names a class twice: cat, cat"),
        (["cat", "dog"], {"positive": "dig"}, r"no class dig \(did you mean 'dog'\?\), which `positive`"),
        (["a", "b", "c"], {"positive": "a"}, "here has 3 classes, a, b, c; only of two one can be `positive`"),
        (["a", "b"], {"classes": ["a", "b"], "positive": "a"}, "`classes` says that b is class 1, .* that a is"),
        ([0, 3], {"class_names": ["x", "y"]}, "has the label 3, and 2 classes: x, y; expected .*count from 0"),
        (["w"], {"class_names": ["x", "y"]}, "has the label w, and 2 classes: x, y; expected one of them"),
        (["x"], {"class_names": ["x", "x"]}, "names the class x twice"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(labels, asked, text):
    with pytest.raises(DataError, match=text):
        order(labels, **asked)
