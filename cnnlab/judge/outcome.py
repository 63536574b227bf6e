"""What came of a call, as the parent sees it, and whether that is right."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray
RELATIVE, OF_LARGEST = 1e-4, 2e-5  # a file may compute in float32


@dataclass(frozen=True)
class CallOutcome:
    """One call: ``array``, ``none``, ``raised``, ``other``, ``time_limit`` or ``process_died``."""

    kind: str
    value: Array | None = None
    type: str = ""
    message: str = ""
    line: int | None = None
    changed: tuple[str, ...] = ()
    repeats: bool = True
    printed: str = ""
    errors: str = ""

    @classmethod
    def read(cls, reply: Mapping[str, Any], arrays: Mapping[str, Array]) -> "CallOutcome":
        """Read the child's description; nothing in it is taken on trust."""
        value = arrays.get(str(reply.get("key")))
        line = reply.get("line")
        kind = str(reply.get("kind"))
        return cls(
            kind="other" if kind == "array" and value is None else kind,
            value=value,
            type=str(reply.get("type", "")),
            message=str(reply.get("message", "")),
            line=line if isinstance(line, int) else None,
            changed=tuple(map(str, reply.get("changed", ()))),
            repeats=reply.get("repeats") is not False,
            printed=str(reply.get("printed", "")),
            errors=str(reply.get("errors", "")),
        )


def close(value: Array, expected: Array) -> bool:
    """Whether two arrays of one shape hold the same numbers, up to rounding; nan equals nan."""
    if value.dtype.kind == "c":
        return False
    finite = np.abs(expected[np.isfinite(expected)])
    largest = float(finite.max(initial=0.0))
    return bool(np.allclose(value, expected, rtol=RELATIVE, atol=OF_LARGEST * largest, equal_nan=True))


def agreement(value: Array, expected: Array) -> str:
    """``same``; ``shape`` when only axes of length one differ; else ``different``."""
    if value.shape == expected.shape:
        return "same" if close(value, expected) else "different"
    if _squeezed(value) == _squeezed(expected) and close(value.reshape(expected.shape), expected):
        return "shape"
    return "different"


def verdict(outcome: CallOutcome, expected: Array) -> str:
    """`agreement` of an outcome, or ``different`` when it is not an array."""
    return "different" if outcome.value is None else agreement(outcome.value, expected)


def vector_shape(value: Array) -> str:
    """``vector``, ``row``, ``column``, or the shape in words."""
    if value.ndim == 2 and 1 in value.shape:
        return "column" if value.shape[1] == 1 else "row"
    return "vector" if value.ndim == 1 else f"shape {value.shape}"


def _squeezed(array: Array) -> tuple[int, ...]:
    return tuple(n for n in array.shape if n != 1)
