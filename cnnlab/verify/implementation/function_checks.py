"""Judging one function alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnlab.verify.implementation.cases import Case, second_dense_cases
from cnnlab.verify.implementation.diagnosis import diagnose
from cnnlab.verify.implementation.findings import FAILED, FOLLOWS, GRADES, NOT_JUDGED, PASSED
from cnnlab.verify.implementation.generic import LOST, explain, is_unwritten
from cnnlab.verify.implementation.mistakes import EVEN_KERNELS, FUNCTIONS
from cnnlab.verify.implementation.oddities import input_oddity, shape_oddity
from cnnlab.verify.implementation.outcome import Outcome, vector_shape, verdict
from cnnlab.verify.implementation.references import Reference
from cnnlab.verify.implementation.session import Session
from cnnlab.verify.implementation.standing import Standing

USERS_OF_ACTIVATION = ("conv2d_layer", "dense_layer")


@dataclass(frozen=True)
class Answers:
    """Cases with their outcomes, and the outcomes of the same questions in other shapes."""

    cases: Sequence[Case]
    outcomes: Sequence[Outcome]
    alternatives: Sequence[Sequence[Outcome]]

    def bad(self) -> list[int]:
        """Numbers of the cases that are not right."""
        pairs = zip(self.cases, self.outcomes, strict=True)
        return [
            i for i, (case, outcome) in enumerate(pairs) if verdict(outcome, case.expected) == "different"
        ]

    def right_in_other_shape(self) -> int | None:
        """The number of the alternative that is right wherever the question itself was not."""
        bad = self.bad()
        for way in range(min((len(self.alternatives[i]) for i in bad), default=0)):
            if all(verdict(self.alternatives[i][way], self.cases[i].expected) != "different" for i in bad):
                return way
        return None

    def of(self, indices: Sequence[int]) -> "Answers":
        """Some of them."""
        return Answers(
            *([part[i] for i in indices] for part in (self.cases, self.outcomes, self.alternatives))
        )


def ask(session: Session, cases: Sequence[Case], replace: dict[str, str]) -> Answers:
    """Call the function with every case and every alternative, in one request."""
    calls, spans = [], []
    for case in cases:
        spans.append((len(calls), len(calls) + 1 + len(case.alternatives)))
        calls += [case.args, *case.alternatives]
    outcomes, _ = session.call(cases[0].function, calls, replace)
    return Answers(
        cases, [outcomes[start] for start, _ in spans], [outcomes[start + 1 : end] for start, end in spans]
    )


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
    {"required": _judge_required, "robust": _judge_robust, "beyond": _judge_beyond}[grade](
        name, answers, standing
    )
    _judge_arguments(name, grade, answers, standing)


def _judge_required(name: str, answers: Answers, standing: Standing) -> None:
    if all(map(is_unwritten, answers.outcomes)):
        standing.find(name, "required", *explain(answers.outcomes[0], None, "every call"))
        return
    names = [case.args[1] for case in answers.cases] if name == "activation" else [""] * len(answers.cases)
    for group in dict.fromkeys(names):
        part = answers.of([i for i, other in enumerate(names) if other == group])
        bad = part.bad()
        if not bad:
            _note_shape(name, part, standing)
            continue
        mistake, message = _explain_group(name, part, standing)
        way = part.right_in_other_shape()
        if way is not None:
            standing.odd[name] = input_oddity(name, way, (mistake, message))
            continue
        if any(outcome.value is not None for outcome in part.outcomes):
            value = next(o.value for o in part.outcomes if o.value is not None)
            shape = vector_shape(value)
            standing.shapes[name] = shape if shape in ("row", "column") else "vector"
        standing.find(name, "required", mistake, message)


def _explain_group(name: str, part: Answers, standing: Standing) -> tuple[str, str]:
    """Name the mistake: a known one if one fits, else what is seen in the first wrong case."""
    known = diagnose(FUNCTIONS[name], part.cases, part.outcomes)
    if known is not None:
        return known.name, known.message
    worst = min(part.bad(), key=lambda i: part.outcomes[i].value is not None)
    outcome, case = part.outcomes[worst], part.cases[worst]
    if name == "activation" and _is_refusal(outcome, case.args[1], standing):
        return (
            "activation_name_refused",
            f"The activation {case.args[1]!r} is not known to the function; the interface has linear, relu, sigmoid and softmax.",
        )
    return explain(outcome, case.expected, case.label)


def _is_refusal(outcome: Outcome, activation: str, standing: Standing) -> bool:
    if outcome.kind == "none":
        return True
    if outcome.kind != "raised" or outcome.type in ("SystemExit", "MemoryError", "EOFError"):
        return False
    deliberate = standing.source.line_text(outcome.line).strip().startswith(("raise", "assert"))
    return (
        deliberate
        or outcome.type in ("KeyError", "UnboundLocalError")
        or f"'{activation}'" in outcome.message
    )


def _note_shape(name: str, part: Answers, standing: Standing) -> None:
    shapes = [
        o.value for o, c in zip(part.outcomes, part.cases, strict=True) if verdict(o, c.expected) == "shape"
    ]
    if shapes and shapes[0] is not None:
        standing.odd.setdefault(name, shape_oddity(name, shapes[0]))


def _judge_robust(name: str, answers: Answers, standing: Standing) -> None:
    bad = answers.bad()
    if not bad or answers.right_in_other_shape() is not None:
        return
    outcome, case = answers.outcomes[bad[0]], answers.cases[bad[0]]
    if name == "activation":
        standing.find(
            name,
            "robust",
            "softmax_unstable",
            "With scores as large as 1000 softmax overflows (nan or inf). Subtracting the largest score from all of them "
            "first changes nothing in the result and avoids that.",
        )
    elif name == "pool2d_layer":
        seen = (
            f"{outcome.type}: {outcome.message}"
            if outcome.kind == "raised"
            else explain(outcome, case.expected, case.label)[1].rstrip(".")
        )
        standing.find(
            name,
            "robust",
            "pool_odd_size",
            "An odd last row or column should be dropped, as a third pooling of 28x28 images meets it (7 becomes 3). "
            f"With {case.label}: {seen}.",
        )


def _judge_beyond(name: str, answers: Answers, standing: Standing) -> None:
    for i in answers.bad():
        outcome, case = answers.outcomes[i], answers.cases[i]
        if name == "dense_layer":
            kind = "dense_bias_vector" if "bias" in case.label else "dense_column_input"
            seen = explain(outcome, case.expected, case.label)[1]
            standing.find(
                name,
                "beyond",
                kind,
                f"The layer does not take a {case.label.replace(' of', ' of the')}. {seen}",
            )
            continue
        known = diagnose(EVEN_KERNELS, answers.cases, answers.outcomes)
        found = (known.name, known.message) if known else explain(outcome, case.expected, case.label)
        standing.find(name, "beyond", *found)
        return


def _judge_arguments(name: str, grade: str, answers: Answers, standing: Standing) -> None:
    """Whether arguments stay as they are, and a second call gives the same."""
    changed = {array for outcome in answers.outcomes for array in outcome.changed}
    repeats = all(outcome.repeats for outcome in answers.outcomes)
    said = {f.mistake for f in standing.result.findings if f.check == name}
    if changed and "writes_into_input" not in said:
        again = "" if repeats else ", and a second call with the same arrays gives other numbers"
        standing.find(
            name,
            "robust" if repeats else grade if grade == "required" else "robust",
            "writes_into_input",
            f"The function changes an array that it was given{again}: it should work on a copy, or make a new array.",
        )
    elif not repeats and "not_repeatable" not in said | {"writes_into_input"}:
        standing.find(
            name,
            grade,
            "not_repeatable",
            "Two calls with the same arrays give different numbers: something is kept from one call to the next.",
        )


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
