"""From wrong outputs to the mistake that explains them."""

from collections.abc import Callable

import numpy as np

from cnnlab.judge.answers import Answers
from cnnlab.judge.mistakes.base import Mistake, Mistakes, simulate
from cnnlab.judge.outcome import Array, CallOutcome, agreement


def diagnose(mistakes: Mistakes, answers: Answers) -> Mistake | None:
    """Return the known mistake that explains all outcomes, or None.

    A mistake explains them when a way of making it gives every output, the right ones included, and at least
    one wrong output. Of several the one that explains most cases by numbers; then the first.
    """
    best: tuple[int, Mistake] | None = None
    for mistake in mistakes.entries:
        score = max(_explained(way, mistake.may_raise, answers) for way in mistake.ways)
        if score > 0 and (best is None or score > best[0]):
            best = score, mistake
    return best[1] if best else None


def _explained(way: Callable[..., Array], may_raise: bool, answers: Answers) -> int:
    """How many wrong outputs a way gives; 0 when any output is another."""
    count = 0
    for case, outcome in zip(answers.cases, answers.outcomes, strict=True):
        given = simulate(way, case.args)
        if outcome.value is None:
            if not may_raise and given is not None:
                return 0
        elif given is None:
            if agreement(outcome.value, case.expected) != "different":
                return 0
        elif agreement(outcome.value, given) == "different":
            return 0
        elif agreement(given, case.expected) == "different":
            count += 1
    return count


def describe_difference(outcome: CallOutcome, expected: Array) -> str:
    """Say how an array differs from the right one: shapes, or first difference and largest."""
    value = outcome.value
    if value is None:
        return "no numbers were returned"
    if value.shape != expected.shape:
        return f"expected the shape {expected.shape}, received {value.shape}"
    with np.errstate(all="ignore"):
        gap = np.abs(value - expected)
    gap = np.where(np.isnan(gap), np.inf, gap)
    scale = float(np.abs(expected).max(initial=0.0))
    wrong = np.argwhere(~np.isclose(value, expected, rtol=1e-4, atol=2e-5 * scale))
    index = tuple(int(i) for i in wrong[0]) if len(wrong) else ()
    place = f"[{', '.join(map(str, index))}]" if index else "the value"
    return (
        f"{len(wrong)} of {value.size} numbers differ; first at {place}: expected {expected[index]:.6g}, "
        f"received {value[index]:.6g}; the largest difference is {gap.max():.3g}"
    )
