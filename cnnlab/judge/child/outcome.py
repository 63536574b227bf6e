"""Calling code that may do anything, and describing what came of it in plain words and plain arrays."""

import traceback
from collections.abc import Callable, Sequence
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


def twice(
    call: Callable[..., Any],
    arguments: Sequence[Any],
    given: dict[str, np.ndarray],
    file: str,
    key: str,
    arrays: dict[str, np.ndarray],
) -> dict[str, Any]:
    """Call with copies of the arrays in `given`, and then once more with the same copies.

    An argument is a text, or ``["array", name]``. "changed" names the arrays that were written into, "repeats"
    says whether the second call gave the same numbers.
    """
    handed = {name: array.copy() for name, array in given.items()}
    values = [handed[a[1]] if isinstance(a, list) else a for a in arguments]
    outcome = outcome_of(lambda: call(*values), file, key, arrays)
    touched = set(changed(given, handed))
    if outcome["kind"] == "array":
        second: dict[str, np.ndarray] = {}
        again = outcome_of(lambda: call(*values), file, key, second)["kind"] == "array"
        outcome["repeats"] = again and _same(arrays[key], second[key])
        touched |= set(changed(given, handed))
    return outcome | {"changed": sorted(touched)}


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
    return [name for name, array in before.items() if not _same(array, after[name])]


def _same(first: np.ndarray, second: np.ndarray) -> bool:
    """Bit for bit, and without NumPy's functions: the file may have replaced them."""
    return first.shape == second.shape and first.tobytes() == second.tobytes()
