"""Saying what is wrong where no known mistake fits."""

import re
from dataclasses import replace

import numpy as np

from cnnlab.judge.diagnosis import describe_difference
from cnnlab.judge.outcome import Array, CallOutcome, verdict

LOST = {
    "time_limit": "It did not come to an end within the time limit.",
    "process_died": "The process ended in it without a word.",
}


def explain(outcome: CallOutcome, expected: Array | None, where: str) -> tuple[str, str]:
    """Return identifier and message for an outcome that is not right; `where` names the case."""
    if outcome.kind in LOST:
        return outcome.kind, LOST[outcome.kind]
    if outcome.kind == "raised":
        return explain_exception(outcome, where)
    if outcome.kind in ("none", "missing"):
        return (
            "not_written",
            f"Nothing is returned (None): the function is not written yet, or lacks a return ({where}).",
        )
    if outcome.value is None:
        return "wrong_type", f"Expected an array of numbers, received {outcome.type} ({where})."
    if expected is None:
        return "unknown_difference", f"Not as expected ({where})."
    if (
        outcome.value.squeeze().shape == expected.squeeze().shape
        and verdict(outcome, expected) == "different"
    ):
        outcome = replace(outcome, value=outcome.value.reshape(expected.shape))  # axes of length one aside
    assert outcome.value is not None
    if outcome.value.shape != expected.shape:
        return "wrong_shape", f"For {where}: {describe_difference(outcome, expected)}."
    if np.isfinite(expected).all() and not np.isfinite(outcome.value).all():
        return "not_finite", f"nan or inf comes out of ordinary numbers ({where})."
    return (
        "unknown_difference",
        f"The numbers are wrong, and no mistake known here gives them. For {where}: "
        f"{describe_difference(outcome, expected)}.",
    )


def explain_exception(outcome: CallOutcome, where: str) -> tuple[str, str]:
    """Return identifier and message for an exception."""
    kind, message = outcome.type, outcome.message
    line = f" in line {outcome.line}" if outcome.line else ""
    if kind == "SystemExit":
        return "exits", f"The program is ended{line} (sys.exit or exit) where a result is expected."
    if kind == "EOFError" and "reading a line" in message:
        return "reads_input", f"It waits{line} for somebody to type."
    if kind in ("MemoryError", "_ArrayMemoryError"):
        return "memory_limit", f"It asks for more memory than there is{line}: {message or kind}."
    if kind == "NotImplementedError":
        return "not_written", "It raises NotImplementedError: the function is not written yet."
    if kind == "ModuleNotFoundError" and re.search(r"\bskimage\b", message):
        return (
            "raises_exception",
            f"scikit-image is imported{line} and is not installed here: pip install 'cnnlab[judge]' brings it.",
        )
    text = f"{kind}: {message.rstrip('.')}" if message else kind
    if kind == "TypeError" and outcome.line is None and "argument" in message:
        return "arguments_differ", f"It cannot be called with the interface's arguments: {text}."
    return "raises_exception", f"An exception{line} for {where}: {text}."


def is_unwritten(outcome: CallOutcome) -> bool:
    """Whether there is nothing there yet: None, or NotImplementedError."""
    return outcome.kind == "none" or (outcome.kind == "raised" and outcome.type == "NotImplementedError")
