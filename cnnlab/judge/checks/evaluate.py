"""Judging `evaluate` by what it prints."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from cnnlab.judge.checks.runner import Attempt, NetworkRunner, Replace
from cnnlab.judge.evaluation_data import EvaluationCase
from cnnlab.judge.explanations import LOST, explain_exception, is_unwritten
from cnnlab.judge.mistakes.evaluate import find_mistakes
from cnnlab.judge.outcome import CallOutcome
from cnnlab.judge.printed import KEYS, Printed, read_lines
from cnnlab.judge.results import NOT_JUDGED, PASSED

UNEXPLAINED = (
    "unknown_difference",
    "raises_exception",
    "not_finite",
    "wrong_type",
    "wrong_shape",
    "not_written",
)
ERRORS_OF_ZERO = ("ValueError", "FloatingPointError", "ZeroDivisionError", "RuntimeWarning", "OverflowError")
ZERO = (
    "log_of_zero",
    "A probability of exactly zero makes the loss infinite or nan: keep what goes into the logarithm away from zero.",
)
Findings = list[tuple[str, str]]


def check_evaluate(runner: NetworkRunner) -> None:
    """Judge evaluate on the ordinary data set, then on the one with probabilities of zero."""
    check, state = "evaluate", runner.state
    if check not in runner.session.methods:
        return
    ordinary, zeros = runner.examination.evaluations
    state.set_status(check, "required", PASSED)
    attempt = runner.attempt(check, "required", partial(_evaluate, runner, ordinary))
    if attempt.seen and "writes_into_input" not in state.found():
        message = f"Arrays that were given are written into: {', '.join(sorted(attempt.seen))}."
        state.find(check, "robust", "writes_into_input", message)
    for found in attempt.wrong:
        state.find(check, "required", *found)
    if any("loss" in mistake or mistake in (*LOST, "not_written") for mistake, _ in attempt.wrong):
        state.set_status(check, "robust", NOT_JUDGED)
        return
    state.set_status(check, "robust", PASSED)
    found_with_zeros = _zeros(runner, zeros, state.replace("robust"))
    if found_with_zeros and state.unusual:  # the file may need its own shapes, or go wrong because of them
        found_with_zeros = _zeros(runner, zeros, state.replace("robust", state.unusual))
    for found in found_with_zeros:
        state.find(check, "robust", *found)


def _evaluate(runner: NetworkRunner, case: EvaluationCase, replace: Replace) -> Attempt[Sequence[str]]:
    """What is wrong with an evaluation of the ordinary data set; `seen` are the arrays that it writes into."""
    outcome, changed = _run(runner, case, replace)
    found = _compare(outcome, case)
    return Attempt(changed, found, unexplained=any(mistake in UNEXPLAINED for mistake, _ in found))


def _zeros(runner: NetworkRunner, case: EvaluationCase, replace: Replace) -> Findings:
    """Whether the losses are finite numbers where probabilities are zero."""
    outcome, _ = _run(runner, case, replace)
    if outcome.kind in LOST:
        return [(outcome.kind, LOST[outcome.kind])]
    lines = {**_returned(outcome), **_lines(outcome)}
    losses = [lines[key].value for key in ("train_loss", "test_loss") if key in lines]
    if outcome.kind == "raised" and len(losses) < 2:
        if outcome.type in ERRORS_OF_ZERO:
            return [ZERO]
        if runner.state.wrong.get("evaluate") == "required":
            return []  # a finding already
        return [explain_exception(outcome, "probabilities of exactly zero")]
    return [] if all(map(np.isfinite, losses)) else [ZERO]


def _run(runner: NetworkRunner, case: EvaluationCase, replace: Replace) -> tuple[CallOutcome, Sequence[str]]:
    """Build the network on the case's data and evaluate it; the outcome, and the arrays that were written into."""
    images = sum(len(p) for p in case.probabilities.values())
    seconds = 20 * images * runner.cpu_seconds_per_image
    reply = runner.ask(case.setup, ["evaluate"], replace, data=case, seconds=seconds)
    return reply.of("evaluate"), reply.changed if reply.built else ()


def _compare(outcome: CallOutcome, case: EvaluationCase) -> Findings:
    """What is wrong with the four numbers."""
    if outcome.kind in LOST:
        return [(outcome.kind, LOST[outcome.kind])]
    lines = _lines(outcome)
    if outcome.kind == "raised" and len(lines) < len(KEYS):
        return [explain_exception(outcome, "evaluate()")]
    numbers = {**_returned(outcome), **lines}
    if not numbers:
        if is_unwritten(outcome) and not outcome.printed.strip():
            return [("not_written", "Nothing is printed or returned: the function is not written yet.")]
        return [("not_written", "None of the four lines (Train loss: ..., and so on) is printed.")]
    found = []
    names = [f"'{key.replace('_', ' ').capitalize()}: ...'" for key in KEYS if key not in lines]
    if names:
        message = f"Not printed, or not in a form that can be read: {', '.join(names)}."
        found.append(("line_missing", message))
    if any(key not in numbers for key in KEYS):
        return found
    sets = {split: (p, case.one_hot(split)) for split, p in case.probabilities.items()}
    return found + find_mistakes(numbers, sets)


def _lines(outcome: CallOutcome) -> dict[str, Printed]:
    """The printed lines; of standard error only when there are none elsewhere."""
    return read_lines(outcome.printed) or read_lines(outcome.errors)


def _returned(outcome: CallOutcome) -> dict[str, Printed]:
    """Four returned numbers, in the order of the lines."""
    if outcome.value is None or outcome.value.size != len(KEYS):
        return {}
    numbers = np.real(outcome.value).ravel()
    return {key: Printed(f"{number:.6f}") for key, number in zip(KEYS, numbers, strict=True)}
