"""What the checks of the class `CNN` share: building a network, and whose mistake it is when it goes wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cnnlab.judge.checks.file_state import FileState
from cnnlab.judge.evaluation_data import EvaluationCase
from cnnlab.judge.examination import Examination
from cnnlab.judge.networks import Setup
from cnnlab.judge.outcome import Array
from cnnlab.judge.results import CHECKS, FOLLOWS
from cnnlab.judge.session import ChildSession, NetworkReply

Seen = TypeVar("Seen")
Replace = Mapping[str, str]


@dataclass(frozen=True)
class Attempt(Generic[Seen]):
    """What came of a check, run with some functions replaced by right ones."""

    seen: Seen
    wrong: Sequence[Any]
    """Whatever is wrong; empty when all is right."""
    unexplained: bool = False
    """Whether no known mistake explains some of it."""
    without_numbers: bool = False
    """Whether there is nothing in it to look at."""
    follows: bool = False
    """Whether the check fails only because of the shapes of other functions."""


class NetworkRunner:
    """Builds the networks of one file."""

    def __init__(self, examination: Examination, session: ChildSession, state: FileState) -> None:
        self.examination, self.session, self.state = examination, session, state
        self.sets_attributes = False
        """Whether the child sets the usual attributes, because setup_model does nothing."""
        self.cpu_seconds_per_image = 0.0

    def ask(
        self,
        setup: Setup,
        steps: Sequence[str],
        replace: Replace,
        *,
        x: Array | None = None,
        data: EvaluationCase | None = None,
        seconds: float = 0.0,
    ) -> NetworkReply:
        """Build a network on a data set, by default that of `evaluate`, and do steps."""
        return self.session.network(
            setup,
            steps,
            replace,
            data or self.examination.evaluations[0],
            x=x,
            sets_attributes=self.sets_attributes,
            seconds=max(seconds, 2 * self.session.limits.seconds),
        )

    def attempt(self, check: str, grade: str, run: Callable[[Replace], Attempt[Seen]]) -> Attempt[Seen]:
        """Find what is the check's own, and mark the check when others' mistakes spoil it.

        First with the functions that are wrong replaced. If that is right, unusual shapes do no harm, and what is
        left is to see whether the file's own functions make a difference. If it is wrong, the functions of unusual
        shapes are replaced too; if that helps, they are the cause.
        """
        state = self.state
        wrong, unusual = state.replace(grade), frozenset(state.unusual) - {check}
        attempt = run(wrong)
        if attempt.wrong and unusual:
            helped = run(state.replace(grade, unusual))
            if not helped.wrong or (attempt.unexplained and not helped.unexplained):
                causes = next(
                    (
                        {name}
                        for name in CHECKS
                        if name in unusual and run(state.replace(grade, {name})).wrong == helped.wrong
                    ),
                    unusual,
                )
                state.find_harmful_shapes(causes, grade)
                state.set_status(check, grade, FOLLOWS, causes)
                return Attempt(helped.seen, helped.wrong, follows=True)
            if attempt.without_numbers:
                attempt = helped
        causes = {*wrong, *(["setup_model"] if self.sets_attributes else [])}
        if causes and not attempt.wrong and (state.dangerous & set(wrong) or self._fails_as_it_is(run)):
            state.set_status(check, grade, FOLLOWS, causes)
        return attempt

    def _fails_as_it_is(self, run: Callable[[Replace], Attempt[Seen]]) -> bool:
        """Whether a check fails with nothing replaced, and no attributes in place of an empty setup_model's."""
        kept, self.sets_attributes = self.sets_attributes, False
        try:
            return bool(run({}).wrong)
        finally:
            self.sets_attributes = kept
