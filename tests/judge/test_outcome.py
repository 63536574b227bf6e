"""What a call gave is read without trust, and compared up to rounding."""

from typing import Any

import numpy as np
import pytest

from cnnlab.judge.outcome import CallOutcome, agreement, vector_shape, verdict

RIGHT = np.array([[0.25, -3.0], [1e3, 0.0]])


@pytest.mark.parametrize(
    ("value", "how"),
    [
        (RIGHT.astype(np.float32), "same"),
        (RIGHT * (1 + 5e-5), "same"),
        (RIGHT + 0.1, "different"),
        (RIGHT.astype(complex), "different"),
        (RIGHT[:, np.newaxis], "shape"),
        (RIGHT.ravel(), "different"),
        (np.where(RIGHT == 0, np.nan, RIGHT), "different"),
    ],
)
def test_arrays_are_compared_up_to_rounding_and_axes_of_length_one(value: np.ndarray, how: str) -> None:
    assert agreement(value, RIGHT) == how
    assert verdict(CallOutcome("array", value), RIGHT) == how


def test_what_is_no_array_is_different() -> None:
    assert verdict(CallOutcome("raised", type="ValueError"), RIGHT) == "different"


def test_shapes_of_vectors_have_names() -> None:
    shapes = [(3,), (1, 3), (3, 1), (2, 3), (1, 1)]
    assert [vector_shape(np.zeros(shape)) for shape in shapes] == [
        *("vector", "row", "column"),
        *("shape (2, 3)", "column"),
    ]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ({"kind": "array", "key": "there"}, "array"),
        ({"kind": "array", "key": "not there"}, "other"),
        ({"kind": "array", "key": ["no", "text"], "line": "7", "repeats": 0}, "other"),
        ({}, "None"),
    ],
)
def test_a_reply_is_read_whatever_is_in_it(reply: dict[str, Any], kind: str) -> None:
    outcome = CallOutcome.read(reply, {"there": RIGHT})
    assert outcome.kind == kind
    assert outcome.line is None and outcome.repeats
