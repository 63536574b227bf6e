"""Calling code that may do anything, and describing what came of it in plain words and plain arrays."""

import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

LONGEST_MESSAGE = 300
LARGEST_ARRAY = 1 << 24  # elements


def outcome_of(call: Callable[[], Any], file: str, key: str, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """Call and describe the value or the exception; arrays go into `arrays` under `key`.

    Even SystemExit and KeyboardInterrupt are only described: the judged file must not end the process.
    """
    try:
        value = call()
        return describe(value, key, arrays)
    except BaseException as error:
        return exception(error, file)


def twice(call: Callable[[], Any], file: str, key: str, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """Like `outcome_of`, and once more with the same arrays: "repeats" says whether the numbers stay the same."""
    outcome = outcome_of(call, file, key, arrays)
    if outcome["kind"] == "array":
        second: dict[str, np.ndarray] = {}
        outcome["repeats"] = outcome_of(call, file, key, second)["kind"] == "array" and np.array_equal(
            arrays[key], second[key], equal_nan=arrays[key].dtype.kind in "fc"
        )
    return outcome


def exception(error: BaseException, file: str) -> dict[str, Any]:
    """Type, message, and the deepest line that belongs to the judged file."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == file and f.lineno]
    if isinstance(error, SyntaxError) and error.filename == file:
        lines.append(error.lineno or 0)
    try:
        message = " ".join(str(error.msg if isinstance(error, SyntaxError) else error).split())
    except BaseException:
        message = "(its message cannot be shown)"
    return {
        "kind": "raised",
        "type": type(error).__name__,
        "message": message[:LONGEST_MESSAGE],
        "line": lines[-1] if lines else None,
    }


def describe(value: Any, key: str, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """Keep numbers as a plain array; anything else by its type."""
    if value is None:
        return {"kind": "none"}
    name = type(value).__name__
    try:
        array = np.array(value)
    except (ValueError, TypeError):
        return {"kind": "other", "type": name}
    if array.dtype.kind not in "biufc":
        return {"kind": "other", "type": name}
    if array.size > LARGEST_ARRAY:
        return {"kind": "other", "type": f"{name} of shape {array.shape}, too large to look at"}
    arrays[key] = array.astype(array.dtype.newbyteorder("="))
    return {"kind": "array", "key": key, "type": name}


def copies(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Arrays to hand out, which may be written into."""
    return {name: array.copy() for name, array in arrays.items()}


def changed(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> list[str]:
    """Names of the arrays that were written into."""
    return [n for n, a in before.items() if not np.array_equal(a, after[n], equal_nan=a.dtype.kind == "f")]

