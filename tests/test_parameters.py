"""Types of parameters, and what they refuse."""

import pytest
from pydantic import TypeAdapter, ValidationError

from cnnlab.parameters import Bits, Factor, Megabytes, Monitor, SignedFactor, ValueRange, ZoomFactor


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Factor, 0.5, 0.5),
        (Factor, (0.25, 0.25), (0.25, 0.25)),
        (SignedFactor, -1, -1),
        (Bits, (3, 8), (3, 8)),
        (ValueRange, (-1, 1), (-1, 1)),
        (Monitor, "val_loss", "val_loss"),
        (Megabytes, "1.5 GiB", 1610.612736),
        (Megabytes, "500 kb", 0.5),
        (Megabytes, 20, 20),
    ],
)
def test_what_is_taken(kind, value, expected):
    assert TypeAdapter(kind).validate_python(value) == expected


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (Factor, (0.5, 0.25), "low not above high"),
        (Factor, 1.5, "less than or equal to 1"),
        (ZoomFactor, -1, "greater than -1"),
        (Bits, 9, "less than or equal to 8"),
        (ValueRange, (1, 1), "low below high"),
        (Monitor, "test_accuracy", "expected a figure of the validation split"),
        (Megabytes, "2 TB", "expected a number of megabytes"),
    ],
)
def test_what_is_refused(kind, value, said):
    with pytest.raises(ValidationError, match=said):
        TypeAdapter(kind).validate_python(value)
