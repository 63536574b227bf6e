"""Judging one function alone."""

from collections.abc import Sequence

from cnnlab.judge.answers import Answers, ask
from cnnlab.judge.cases import CallCase, two_dense_layers
from cnnlab.judge.checks.file_state import FileState
from cnnlab.judge.checks.unusual_shapes import Named, needed_shape, returned_shape
from cnnlab.judge.diagnosis import diagnose
from cnnlab.judge.explanations import LOST, explain, is_unwritten
from cnnlab.judge.mistakes import EVEN_KERNELS, FUNCTIONS
from cnnlab.judge.outcome import CallOutcome, vector_shape, verdict
from cnnlab.judge.references import Reference
from cnnlab.judge.results import FAILED, FOLLOWS, GRADES, NOT_JUDGED, PASSED
from cnnlab.judge.session import ChildSession

USERS_OF_ACTIVATION = ("conv2d_layer", "dense_layer")
UNSTABLE = (
    "With scores as large as 1000 softmax overflows (nan or inf). Subtracting the largest score from all of them first "
    "changes nothing in the result and avoids that."
)


def check_function(
    name: str, cases: Sequence[CallCase], reference: Reference, session: ChildSession, state: FileState
) -> None:
    """Judge one function in all grades, and leave findings and statuses in `state`."""
    if name not in session.has:
        state.find(name, "required", "function_missing", f"There is no function {name} in the file.")
        state.dangerous.add(name)
        return
    for grade in GRADES:
        asked = [case for case in cases if case.grade == grade]
        if state.result.checks[name].status("required") == FAILED:
            state.set_status(name, grade, NOT_JUDGED)
            continue
        if asked:
            answers = ask(session, asked, state.replace(grade))
            state.set_status(name, grade, PASSED)
            _judge(name, grade, answers, state)
        if grade == "robust" and name == "dense_layer" and name not in state.wrong:
            _check_two_dense_layers(session, reference, state)
    if name in USERS_OF_ACTIVATION and name not in state.wrong:
        _check_with_own_activation(name, cases, session, state)


def _judge(name: str, grade: str, answers: Answers, state: FileState) -> None:
    lost = next((outcome for outcome in answers.outcomes if outcome.kind in LOST), None)
    if lost is not None:
        state.dangerous.add(name)
        state.find(name, grade, *explain(lost, None, ""))
        return
    {"required": _judge_required, "robust": _judge_robust, "beyond": _judge_beyond}[grade](
        name, answers, state
    )
    state.find_changes(name, grade, answers.outcomes, "An array")


def _judge_required(name: str, answers: Answers, state: FileState) -> None:
    """Name what is wrong on ordinary inputs, or note a shape of one's own."""
    if all(map(is_unwritten, answers.outcomes)):
        state.find(name, "required", *explain(answers.outcomes[0], None, "every call"))
        return
    groups = [case.args[1] if name == "activation" else "" for case in answers.cases]
    for group in dict.fromkeys(groups):
        part = answers.of([i for i, other in enumerate(groups) if other == group])
        if not part.bad():
            shaped = part.in_other_shape()
            if shaped is not None:
                state.unusual.setdefault(name, returned_shape(name, shaped))
            continue
        found = _name_mistake(name, part, state)
        way = part.right_in_other_shape()
        if way is not None:
            state.unusual[name] = needed_shape(name, way, found)
            continue
        for outcome in part.outcomes:
            if outcome.value is not None:
                shape = vector_shape(outcome.value)
                state.shapes[name] = shape if shape in ("row", "column") else "vector"
                break
        state.find(name, "required", *found)


def _name_mistake(name: str, part: Answers, state: FileState) -> Named:
    """Name the mistake: a known one if one fits, else what is seen in the first wrong case."""
    known = diagnose(FUNCTIONS[name], part)
    if known is not None:
        return known.name, known.message
    worst = min(part.bad(), key=lambda i: part.outcomes[i].value is not None)
    outcome, case = part.outcomes[worst], part.cases[worst]
    if name == "activation" and _is_refusal(outcome, case.args[1], state):
        return (
            "activation_name_refused",
            f"The function does not know the activation {case.args[1]!r}; the interface has linear, relu, sigmoid "
            "and softmax.",
        )
    return explain(outcome, case.expected, case.label)


def _is_refusal(outcome: CallOutcome, activation: str, state: FileState) -> bool:
    if outcome.kind == "none":
        return True
    if outcome.kind != "raised" or outcome.type in ("SystemExit", "MemoryError", "EOFError"):
        return False
    deliberate = state.source.line_text(outcome.line).strip().startswith(("raise", "assert"))
    unknown = outcome.type in ("KeyError", "UnboundLocalError")
    return deliberate or unknown or f"'{activation}'" in outcome.message


def _judge_robust(name: str, answers: Answers, state: FileState) -> None:
    """Large scores, odd sizes."""
    bad = answers.bad()
    if not bad or answers.right_in_other_shape() is not None:
        return
    if name == "activation":
        state.find(name, "robust", "softmax_unstable", UNSTABLE)
        return
    outcome, case = answers.outcomes[bad[0]], answers.cases[bad[0]]
    seen = f"{outcome.type}: {outcome.message}"
    if outcome.kind != "raised":
        seen = explain(outcome, case.expected, case.label)[1].rstrip(".")
    state.find(
        name,
        "robust",
        "pool_odd_size",
        "An odd last row or column should be dropped, as a third pooling of 28x28 images meets it (7 becomes 3). "
        f"With {case.label}: {seen}.",
    )


def _judge_beyond(name: str, answers: Answers, state: FileState) -> None:
    """Even kernels, other shapes."""
    if name == "dense_layer":
        _judge_shapes_of_arguments(answers, state)
        return
    bad = answers.bad()
    if bad:
        outcome, case = answers.outcomes[bad[0]], answers.cases[bad[0]]
        known = diagnose(EVEN_KERNELS, answers)
        found = (known.name, known.message) if known else explain(outcome, case.expected, case.label)
        state.find(name, "beyond", *found)


def _judge_shapes_of_arguments(answers: Answers, state: FileState) -> None:
    """A bias that is a vector, an input that is a column; a layer with a shape of its own may keep to it."""
    for outcome, case, how in zip(answers.outcomes, answers.cases, answers.verdicts(), strict=True):
        if how == "same" or (how == "shape" and "dense_layer" in state.unusual):
            continue
        mistake = "dense_bias_vector" if "bias" in case.label else "dense_column_input"
        seen = explain(outcome, case.expected, case.label)[1]
        state.find("dense_layer", "beyond", mistake, f"The layer does not take this. {seen}")


def _check_two_dense_layers(session: ChildSession, reference: Reference, state: FileState) -> None:
    """Feed what the layer returned into a second one."""
    first, second = two_dense_layers(reference)
    (between,) = session.call("dense_layer", [first.args], state.replace("robust"))
    if between.value is None:
        return
    arguments = (between.value, *second.args[1:])
    (outcome,) = session.call("dense_layer", [arguments], state.replace("robust"))
    if verdict(outcome, second.expected) != "different":
        return
    if "dense_layer" in state.unusual:
        state.find_harmful_shapes({"dense_layer"}, "robust")
    else:
        message = explain(outcome, second.expected, "one dense layer after another")
        state.find("dense_layer", "robust", *message)


def _check_with_own_activation(
    name: str, cases: Sequence[CallCase], session: ChildSession, state: FileState
) -> None:
    """Say whether the function, right in itself, goes wrong with the file's own activation."""
    follows = "activation" in state.dangerous
    if not follows and state.wrong.get("activation") == "required":
        follows = bool(ask(session, [case for case in cases if case.grade == "required"], {}).bad())
    if follows:
        state.set_status(name, "required", FOLLOWS, {"activation"})
