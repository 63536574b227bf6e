"""Judging `feedforward_sample` and `feedforward`."""

from collections.abc import Sequence
from functools import partial

from cnnlab.judge.answers import Answers
from cnnlab.judge.cases import CallCase
from cnnlab.judge.checks.runner import Attempt, NetworkRunner, Replace
from cnnlab.judge.checks.unusual_shapes import returned_shape
from cnnlab.judge.diagnosis import diagnose
from cnnlab.judge.explanations import LOST, explain, is_unwritten
from cnnlab.judge.mistakes import FEEDFORWARD, SAMPLE
from cnnlab.judge.mistakes.base import Mistakes
from cnnlab.judge.networks import NetworkCase
from cnnlab.judge.outcome import CallOutcome, vector_shape
from cnnlab.judge.results import NOT_JUDGED, PASSED


def check_sample(runner: NetworkRunner) -> None:
    """Judge feedforward_sample on the lab's network, then on those that ask for more."""
    check, state = "feedforward_sample", runner.state
    if check not in runner.session.methods:
        state.dangerous.add(check)
        return
    for grade in ("required", "robust"):
        if state.wrong.get(check) == "required":
            state.set_status(check, grade, NOT_JUDGED)
            continue
        cases = [case for case in runner.examination.networks if case.grade == grade]
        state.set_status(check, grade, PASSED)
        attempt = runner.attempt(check, grade, partial(_samples, runner, cases))
        if attempt.follows:
            continue
        answers = attempt.seen
        if attempt.wrong:
            _find_mistake(runner, check, grade, answers, SAMPLE)
        elif (shaped := answers.in_other_shape()) is not None:
            state.unusual.setdefault(check, returned_shape(check, shaped))
        state.find_changes(check, grade, answers.outcomes, "The image", once=True)


def _samples(runner: NetworkRunner, cases: Sequence[NetworkCase], replace: Replace) -> Attempt[Answers]:
    """Run every image of every network alone."""
    outcomes: list[CallOutcome] = []
    asked: list[CallCase] = []
    for network in cases:
        setup, count = network.setup, len(network.x)
        reply = runner.ask(setup, ["sample"], replace, x=network.x)
        outcomes += reply.samples(count)
        for h, p in zip(network.x, network.expected, strict=True):
            arguments = (h, setup.W, setup.b, setup.lname, setup.activation)
            asked.append(CallCase("feedforward_sample", network.label, arguments, p))
        if reply.lost:
            break
        runner.cpu_seconds_per_image = max(runner.cpu_seconds_per_image, reply.cpu_seconds / count)
    return _attempt(asked, outcomes)


def _attempt(cases: Sequence[CallCase], outcomes: Sequence[CallOutcome]) -> Attempt[Answers]:
    answers = Answers(cases, outcomes)
    return Attempt(answers, answers.bad(), without_numbers=all(o.value is None for o in outcomes))


def _find_mistake(
    runner: NetworkRunner, check: str, grade: str, answers: Answers, mistakes: Mistakes
) -> None:
    """Name the mistake, or say what is seen in the first wrong answer."""
    state, bad = runner.state, answers.bad()[0]
    first, case = answers.outcomes[bad], answers.cases[bad]
    if (
        check == "feedforward_sample"
        and first.value is not None
        and vector_shape(first.value) in ("row", "column")
    ):
        state.shapes[check] = vector_shape(first.value)
    if first.kind in LOST:
        state.dangerous.add(check)
    if all(map(is_unwritten, answers.outcomes)):
        state.find(check, grade, *explain(first, None, case.label))
    elif known := diagnose(mistakes, answers):
        state.find(check, grade, known.name, known.message)
    else:
        state.find(check, grade, *explain(first, case.expected, case.label))


def check_feedforward(runner: NetworkRunner) -> None:
    """Judge feedforward on a set of images, with feedforward_sample replaced when that is wrong."""
    check, state = "feedforward", runner.state
    if check not in runner.session.methods:
        state.dangerous.add(check)
        return
    state.set_status(check, "required", PASSED)
    attempt = runner.attempt(check, "required", partial(_set, runner))
    if attempt.follows:
        return
    answers = attempt.seen
    if attempt.wrong:
        _find_mistake(runner, check, "required", answers, FEEDFORWARD)
    elif (shaped := answers.in_other_shape()) is not None and not state.unusual and not state.shapes:
        state.unusual[check] = returned_shape(check, shaped)
    state.find_changes(check, "required", answers.outcomes, "The set of images", once=True)


def _set(runner: NetworkRunner, replace: Replace) -> Attempt[Answers]:
    network = runner.examination.networks[0]
    reply = runner.ask(network.setup, ["set"], replace, x=network.x)
    case = CallCase("feedforward", "a set of 4 images", (network.expected,), network.expected)
    return _attempt([case], [reply.of("set")])


def measure_speed(runner: NetworkRunner) -> float | None:
    """Microseconds per image through the lab's network; None when the file's own network is not right."""
    used = ("feedforward_sample", *runner.examination.functions)
    if any(runner.state.wrong.get(name) == "required" for name in used):
        return None
    lab = runner.examination.networks[0]
    return runner.ask(lab.setup, ["time"], {}, x=lab.x).microseconds
