"""Questions, and what came of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnlab.judge.cases import Arguments, CallCase
from cnnlab.judge.outcome import Array, CallOutcome, verdict
from cnnlab.judge.session import ChildSession


@dataclass(frozen=True)
class Answers:
    """Cases with their outcomes, and the outcomes of the same questions in other shapes."""

    cases: Sequence[CallCase]
    outcomes: Sequence[CallOutcome]
    alternatives: Sequence[Sequence[CallOutcome]] = ()

    def bad(self) -> list[int]:
        """Numbers of the cases that are not right."""
        return [i for i, how in enumerate(self.verdicts()) if how == "different"]

    def verdicts(self) -> list[str]:
        """``same``, ``shape`` or ``different`` for each case."""
        return [verdict(o, case.expected) for case, o in zip(self.cases, self.outcomes, strict=True)]

    def in_other_shape(self) -> Array | None:
        """What came first of what has the right numbers and more axes."""
        pairs = zip(self.outcomes, self.verdicts(), strict=True)
        return next((outcome.value for outcome, how in pairs if how == "shape"), None)

    def right_in_other_shape(self) -> int | None:
        """The number of the alternative that is right wherever the question itself was not."""
        bad = self.bad()
        for way in range(min((len(self.alternatives[i]) for i in bad), default=0)):
            if all(verdict(self.alternatives[i][way], self.cases[i].expected) != "different" for i in bad):
                return way
        return None

    def of(self, indices: Sequence[int]) -> "Answers":
        cases, outcomes = [self.cases[i] for i in indices], [self.outcomes[i] for i in indices]
        return Answers(cases, outcomes, [self.alternatives[i] for i in indices])


def ask(session: ChildSession, cases: Sequence[CallCase], replace: dict[str, str]) -> Answers:
    """Call the function with every case and every alternative, in one request."""
    calls: list[Arguments] = []
    spans = []
    for case in cases:
        spans.append((len(calls), len(calls) + 1 + len(case.alternatives)))
        calls += [case.args, *case.alternatives]
    outcomes = session.call(cases[0].function, calls, replace)
    return Answers(
        cases, [outcomes[start] for start, _ in spans], [outcomes[start + 1 : end] for start, end in spans]
    )
