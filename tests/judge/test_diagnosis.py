"""Mistakes are told apart by what they give."""

import numpy as np
import pytest

from cnnlab.judge.answers import Answers
from cnnlab.judge.diagnosis import describe_difference, diagnose
from cnnlab.judge.examination import Examination
from cnnlab.judge.mistakes import EVEN_KERNELS, FUNCTIONS, SAMPLE, simulate
from cnnlab.judge.outcome import CallOutcome

pytestmark = pytest.mark.heavy


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_simulated_mistake_is_named_and_told_from_the_others(
    examination: Examination, name: str
) -> None:
    """Each way of making a mistake, taken for somebody's output, is diagnosed as that mistake."""
    cases = [case for case in examination.functions[name] if case.grade == "required"]
    for mistake in FUNCTIONS[name].entries:
        for way in mistake.ways:
            values = [simulate(way, case.args) for case in cases]
            outcomes = [CallOutcome("raised" if value is None else "array", value) for value in values]
            answers = Answers(cases, outcomes, [()] * len(cases))
            if not any(outcomes[i].value is not None for i in answers.bad()):
                continue  # with these arguments it always raises
            groups = {case.args[1] for case in cases} if name == "activation" else {""}
            for group in groups:
                part = answers.of([i for i, case in enumerate(cases) if not group or case.args[1] == group])
                found = diagnose(FUNCTIONS[name], part)
                if part.bad():
                    assert found is not None and found.name == mistake.name


def test_no_mistake_explains_what_is_right(examination: Examination) -> None:
    for name, cases in examination.functions.items():
        outcomes = [CallOutcome("array", case.expected) for case in cases]
        assert diagnose(FUNCTIONS[name], Answers(cases, outcomes)) is None
        assert diagnose(EVEN_KERNELS if name == "conv2d_layer" else SAMPLE, Answers([], [])) is None


def test_a_difference_is_described_with_its_first_place() -> None:
    expected = np.zeros((2, 3))
    value = expected.copy()
    value[1, 2] = 0.5
    said = describe_difference(CallOutcome("array", value), expected)
    assert "1 of 6" in said and "[1, 2]" in said and "0.5" in said
    assert "(3, 2)" in describe_difference(CallOutcome("array", value.T), expected)
