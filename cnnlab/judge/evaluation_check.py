"""Judging `evaluate` by what it prints."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from cnnlab.judge.evaluation_data import EvaluationCase
from cnnlab.judge.findings import FOLLOWS, NOT_JUDGED, PASSED
from cnnlab.judge.generic import LOST, explain_exception, is_unwritten
from cnnlab.judge.mistakes.evaluate import find_mistakes
from cnnlab.judge.network_base import NetworkBench
from cnnlab.judge.networks import NetworkCase
from cnnlab.judge.outcome import Outcome
from cnnlab.judge.printed import KEYS, Printed, read_lines

UNEXPLAINED = (
    "unknown_difference",
    "raises_exception",
    "not_finite",
    "wrong_type",
    "wrong_shape",
    "not_written",
)
Findings = list[tuple[str, str]]
ZERO = (
    "log_of_zero",
    "A probability of exactly zero makes the loss infinite or nan: keep what goes into the logarithm away from zero.",
)


class EvaluationJudge:
    """Judges `evaluate` of one file."""

    def __init__(self, bench: NetworkBench) -> None:
        """Take what is known of the network."""
        self.bench, self.standing = bench, bench.standing

    def check(self) -> None:
        """The ordinary data set, then the one with probabilities of zero."""
        if "evaluate" not in self.bench.session.methods:
            return
        ordinary, zeros = self.bench.examination.evaluations
        self.standing.settle("evaluate", "required", PASSED)
        for mistake, message in self._settled(ordinary):
            self.standing.find("evaluate", "required", mistake, message)
        said = [
            f.mistake
            for f in self.standing.result.findings
            if f.check == "evaluate" and f.grade == "required"
        ]
        if any("loss" in mistake or mistake in (*LOST, "not_written") for mistake in said):
            self.standing.settle("evaluate", "robust", NOT_JUDGED)
            return
        self.standing.settle("evaluate", "robust", PASSED)
        odd = frozenset(self.standing.odd)
        outcome, _ = self._run(zeros, self.standing.replace("robust"))
        problems = self._problems_with_zeros(outcome)
        if problems and odd:  # the file may need its own shapes, or go wrong because of them
            outcome, _ = self._run(zeros, self.standing.replace("robust", odd=odd))
            problems = problems and self._problems_with_zeros(outcome)
        for found in problems:
            self.standing.find("evaluate", "robust", *found)

    def _settled(self, case: EvaluationCase) -> Findings:
        """What is wrong with evaluate itself; as with the networks, others' mistakes are told apart first."""
        standing = self.standing
        wrong, odd = standing.replace("required"), frozenset(standing.odd)
        outcome, changed = self._run(case, wrong)
        found = self._problems(outcome, case)
        if found and odd:
            helped, _ = self._run(case, standing.replace("required", odd=odd))
            better = self._problems(helped, case)
            if not better or (_unexplained(found) and not _unexplained(better)):
                guilty = standing.guilty(odd, partial(self._is_mended_by, case, better))
                standing.promote(guilty, "required")
                standing.settle("evaluate", "required", FOLLOWS, guilty)
                found = better
        causes = self.bench.causes(wrong)
        if (
            causes
            and not found
            and (
                set(wrong) & standing.dangerous
                or self.bench.as_it_is(lambda: bool(self._problems(self._run(case, {})[0], case)))
            )
        ):
            standing.settle("evaluate", "required", FOLLOWS, causes)
        if changed and not any(f.mistake == "writes_into_input" for f in standing.result.findings):
            names = ", ".join(sorted(changed))
            standing.find(
                "evaluate",
                "robust",
                "writes_into_input",
                f"Arrays that were given are written into: {names}.",
            )
        return found

    def _is_mended_by(self, case: EvaluationCase, better: Findings, name: str) -> bool:
        """Whether replacing one odd function does what replacing all of them does."""
        outcome, _ = self._run(case, self.standing.replace("required", odd=frozenset({name})))
        return self._problems(outcome, case) == better

    def _run(self, case: EvaluationCase, replace: dict[str, str]) -> tuple[Outcome, Sequence[str]]:
        """Build the network on the case's data and evaluate it."""
        images = sum(len(p) for p in case.probabilities.values())
        seconds = max(2 * self.bench.session.limits.seconds, 20 * images * self.bench.cpu_seconds_per_image)
        network = NetworkCase("evaluate", case.grade, case.lname, case.weights, np.zeros(0), np.zeros(0))
        reply = self.bench.session.network(
            network,
            ["evaluate"],
            replace,
            case.data,
            case.numbers(),
            seconds=seconds,
            attributes=self.bench.attributes,
        )
        if reply.lost or reply.built:
            return reply["evaluate"], reply.changed
        return reply["construct"] if reply["construct"].kind == "raised" else reply["setup"], ()

    def _problems(self, outcome: Outcome, case: EvaluationCase) -> Findings:
        """What is wrong with an evaluation of the ordinary data set."""
        if outcome.kind in LOST:
            return [(outcome.kind, LOST[outcome.kind])]
        lines = _lines(outcome)
        if outcome.kind == "raised" and len(lines) < len(KEYS):
            return [explain_exception(outcome, "evaluate()")]
        if not lines and not _returned(outcome):
            if is_unwritten(outcome) and not outcome.printed.strip():
                return [("not_written", "Nothing is printed or returned: the function is not written yet.")]
            return [("not_written", "None of the four lines (Train loss: ..., and so on) is printed.")]
        numbers = {**_returned(outcome), **lines}
        missing = [key for key in KEYS if key not in lines]
        names = ", ".join(f"'{key.replace('_', ' ').capitalize()}: ...'" for key in missing)
        found = (
            [("line_missing", f"Not printed, or not in a form that can be read: {names}.")] if missing else []
        )
        if any(key not in numbers for key in KEYS):
            return found
        sets = {split: (p, case.one_hot(split)) for split, p in case.probabilities.items()}
        return found + find_mistakes(numbers, sets)

    def _problems_with_zeros(self, outcome: Outcome) -> Findings:
        """Whether the losses are finite numbers."""
        if outcome.kind in LOST:
            return [(outcome.kind, LOST[outcome.kind])]
        lines = {**_returned(outcome), **_lines(outcome)}
        losses = [lines[key].value for key in ("train_loss", "test_loss") if key in lines]
        if outcome.kind == "raised" and len(losses) < 2:
            if outcome.type in (
                "ValueError",
                "FloatingPointError",
                "ZeroDivisionError",
                "RuntimeWarning",
                "OverflowError",
            ):
                return [ZERO]
            mistake, message = explain_exception(outcome, "probabilities of exactly zero")
            if self.standing.wrong.get("evaluate") == "required":
                return []  # said already
            return [(mistake, message)]
        return [] if all(map(np.isfinite, losses)) else [ZERO]


def _unexplained(found: Findings) -> bool:
    """Whether there is anything that no known mistake explains."""
    return any(mistake in UNEXPLAINED for mistake, _ in found)


def _lines(outcome: Outcome) -> dict[str, Printed]:
    """The printed lines; of standard error only when there are none elsewhere."""
    return read_lines(outcome.printed) or read_lines(outcome.errors)


def _returned(outcome: Outcome) -> dict[str, Printed]:
    """Four returned numbers, in the order of the lines."""
    if outcome.value is None or outcome.value.size != len(KEYS):
        return {}
    numbers = np.real(outcome.value).ravel()
    return {key: Printed(f"{number:.6f}") for key, number in zip(KEYS, numbers, strict=True)}
