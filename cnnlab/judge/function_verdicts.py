"""What a function's outcomes mean, grade by grade."""

from cnnlab.judge.answers import Answers
from cnnlab.judge.diagnosis import diagnose
from cnnlab.judge.generic import explain, is_unwritten
from cnnlab.judge.mistakes import EVEN_KERNELS, FUNCTIONS
from cnnlab.judge.oddities import input_oddity, shape_oddity
from cnnlab.judge.outcome import Outcome, vector_shape, verdict
from cnnlab.judge.standing import Standing


def judge_required(name: str, answers: Answers, standing: Standing) -> None:
    """Name what is wrong on ordinary inputs, or note an oddity."""
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
            f"The function does not know the activation {case.args[1]!r}; the interface has linear, relu, sigmoid and "
            "softmax.",
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


def judge_robust(name: str, answers: Answers, standing: Standing) -> None:
    """Large scores, odd sizes."""
    bad = answers.bad()
    if not bad or answers.right_in_other_shape() is not None:
        return
    outcome, case = answers.outcomes[bad[0]], answers.cases[bad[0]]
    if name == "activation":
        standing.find(
            name,
            "robust",
            "softmax_unstable",
            "With scores as large as 1000 softmax overflows (nan or inf). Subtracting the largest score from all of "
            "them first changes nothing in the result and avoids that.",
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


def judge_beyond(name: str, answers: Answers, standing: Standing) -> None:
    """Even kernels, other shapes."""
    if name == "dense_layer":
        _judge_shapes_of_arguments(answers, standing)
        return
    bad = answers.bad()
    if bad:
        outcome, case = answers.outcomes[bad[0]], answers.cases[bad[0]]
        known = diagnose(EVEN_KERNELS, answers.cases, answers.outcomes)
        found = (known.name, known.message) if known else explain(outcome, case.expected, case.label)
        standing.find(name, "beyond", *found)


def _judge_shapes_of_arguments(answers: Answers, standing: Standing) -> None:
    """A bias that is a vector, an input that is a column; a layer with a shape of its own may keep to it."""
    for outcome, case in zip(answers.outcomes, answers.cases, strict=True):
        how = verdict(outcome, case.expected)
        if how == "same" or (how == "shape" and "dense_layer" in standing.odd):
            continue
        mistake = "dense_bias_vector" if "bias" in case.label else "dense_column_input"
        seen = explain(outcome, case.expected, case.label)[1]
        standing.find("dense_layer", "beyond", mistake, f"The layer does not take this. {seen}")


def judge_arguments(name: str, grade: str, answers: Answers, standing: Standing) -> None:
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
