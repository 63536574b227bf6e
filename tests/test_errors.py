"""Errors and what their sentences are made with."""

import pytest

from cnnlab import errors


def test_each_error_has_its_exit_code():
    codes = {"ConfigError": 2, "RunError": 2, "DataError": 5, "DifferenceFound": 3}
    codes |= {"RepeatsFailed": 4, "Interrupted": 130}
    for name, code in codes.items():
        kind = getattr(errors, name)
        assert issubclass(kind, errors.CnnlabError) and kind.exit_code == code


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "nothing"),
        (True, "true"),
        ("x\n", "the text 'x\\n'"),
        (0.5, "the number 0.5"),
        ({}, "an empty map"),
        ({"a": 1, "b": 2}, "a map with a, b"),
        ([1, 2], "a list of 2"),
        ((), "an empty list"),
        (b"x", "a bytes"),
    ],
)
def test_what_was_received_in_words(value, said):
    assert errors.describe(value) == said


def test_text_is_shown_on_one_line_and_not_without_end():
    assert errors.shown("a\tb\x1b[0m") == "a\\tb\\x1b[0m"
    assert errors.shown("x" * 50) == "x" * 37 + "..."


def test_the_nearest_word_is_named():
    assert errors.did_you_mean("mnits", ["mnist", "pcam"]) == " (did you mean 'mnist'?)"
    assert errors.did_you_mean("zzz", ["mnist", "pcam"]) == ""


def test_numbers_that_differ_are_a_range():
    assert errors.from_to([1000, 1000]) == "1,000" and errors.from_to([1000, 3]) == "3 to 1,000"
