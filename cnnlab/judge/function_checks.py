"""Judging one function alone."""

from collections.abc import Sequence

from cnnlab.judge.answers import Answers, ask
from cnnlab.judge.cases import Case, second_dense_cases
from cnnlab.judge.findings import FAILED, FOLLOWS, GRADES, NOT_JUDGED, PASSED
from cnnlab.judge.function_verdicts import (
    judge_arguments,
    judge_beyond,
    judge_required,
    judge_robust,
)
from cnnlab.judge.generic import LOST, explain
from cnnlab.judge.outcome import verdict
from cnnlab.judge.references import Reference
from cnnlab.judge.session import Session
from cnnlab.judge.standing import Standing

USERS_OF_ACTIVATION = ("conv2d_layer", "dense_layer")


def check_function(
    name: str, cases: Sequence[Case], reference: Reference, session: Session, standing: Standing
) -> None:
    """Judge one function in all grades, and leave findings and statuses in `standing`."""
    if name not in session.has:
        standing.find(name, "required", "function_missing", f"There is no function {name} in the file.")
        standing.dangerous.add(name)
        return
    for grade in GRADES:
        asked = [case for case in cases if case.grade == grade]
        if (
            standing.wrong.get(name) == "required"
            or standing.result.checks[name].status("required") == FAILED
        ):
            standing.settle(name, grade, NOT_JUDGED)
            continue
        if asked:
            answers = ask(session, asked, standing.replace(grade))
            standing.settle(name, grade, PASSED)
            _judge(name, grade, answers, session, standing)
        if grade == "robust" and name == "dense_layer" and name not in standing.wrong:
            _second_dense(session, reference, standing)
    if name in USERS_OF_ACTIVATION and name not in standing.wrong:
        _check_with_own_activation(name, cases, session, standing)


def _judge(name: str, grade: str, answers: Answers, session: Session, standing: Standing) -> None:
    if any(outcome.kind in LOST for outcome in answers.outcomes):
        standing.dangerous.add(name)
        session_lost = next(outcome for outcome in answers.outcomes if outcome.kind in LOST)
        standing.find(name, grade, *explain(session_lost, None, ""))
        return
    {"required": judge_required, "robust": judge_robust, "beyond": judge_beyond}[grade](
        name, answers, standing
    )
    judge_arguments(name, grade, answers, standing)


def _second_dense(session: Session, reference: Reference, standing: Standing) -> None:
    """Feed what the layer returned into a second one."""
    first, second = second_dense_cases(reference)
    outcomes, _ = session.call("dense_layer", [first.args], standing.replace("robust"))
    if outcomes[0].value is None:
        return
    W, b, act = second.args[1:]
    outcomes, _ = session.call("dense_layer", [(outcomes[0].value, W, b, act)], standing.replace("robust"))
    if verdict(outcomes[0], second.expected) != "different":
        return
    if "dense_layer" in standing.odd:
        standing.promote({"dense_layer"}, "robust")
    else:
        message = explain(outcomes[0], second.expected, "one dense layer after another")
        standing.find("dense_layer", "robust", *message)


def _check_with_own_activation(
    name: str, cases: Sequence[Case], session: Session, standing: Standing
) -> None:
    """Say whether the function, right in itself, goes wrong with the file's own activation."""
    if standing.wrong.get("activation") != "required" or "activation" in standing.dangerous:
        if "activation" in standing.dangerous:
            standing.settle(name, "required", FOLLOWS, {"activation"})
        return
    answers = ask(session, [case for case in cases if case.grade == "required"], {})
    if answers.bad():
        standing.settle(name, "required", FOLLOWS, {"activation"})
