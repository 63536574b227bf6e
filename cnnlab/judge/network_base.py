"""What the checks of the class `CNN` share: building a network, and whose mistake it is when it goes wrong."""

from collections.abc import Callable, Sequence

from cnnlab.judge.examination import Examination
from cnnlab.judge.findings import FOLLOWS
from cnnlab.judge.networks import NetworkCase
from cnnlab.judge.session import NetworkReply, Session
from cnnlab.judge.standing import Standing
from cnnlab.judge.trial import Trial


class NetworkBench:
    """Builds the networks of one file."""

    def __init__(self, examination: Examination, session: Session, standing: Standing) -> None:
        """Take what the functions' checks have found out."""
        self.examination, self.session, self.standing = examination, session, standing
        case = examination.evaluations[0]
        self.data, self.numbers = case.data, case.numbers()
        self.attributes = False
        """Whether the child sets the usual attributes, because setup_model does nothing."""
        self.cpu_seconds_per_image = 0.0

    def ask(self, case: NetworkCase, steps: Sequence[str], replace: dict[str, str]) -> NetworkReply:
        """Build a network and do steps."""
        return self.session.network(
            case,
            steps,
            replace,
            self.data,
            self.numbers,
            attributes=self.attributes,
            seconds=2 * self.session.limits.seconds,
        )

    def settled(self, check: str, grade: str, run: Callable[[dict[str, str]], Trial]) -> Trial | None:
        """Find the outcomes that are the check's own, and mark the check when others' mistakes spoil it.

        First with the functions that are wrong replaced. If that is right, the odd functions do no harm, and
        what is left is to see whether the file's own functions make a difference. If it is wrong, the odd
        functions are replaced too; if that helps, they are the cause.
        """
        standing = self.standing
        wrong, odd = standing.replace(grade), frozenset(standing.odd) - {check}
        trial = run(wrong)
        if trial.bad() and odd:
            helped = run(standing.replace(grade, odd=odd))
            if not helped.bad():
                guilty = standing.guilty(
                    odd, lambda n: not run(standing.replace(grade, odd=frozenset({n}))).bad()
                )
                standing.promote(guilty, grade)
                standing.settle(check, grade, FOLLOWS, guilty)
                return None
            if all(outcome.value is None for outcome in trial.outcomes):
                trial = helped
        if trial.bad():
            return trial
        causes = self.causes(wrong)
        if causes and (set(wrong) & standing.dangerous or self.as_it_is(lambda: bool(run({}).bad()))):
            standing.settle(check, grade, FOLLOWS, causes)
        return trial

    def causes(self, wrong: dict[str, str]) -> set[str]:
        """The functions whose mistakes may spoil a check: those replaced, and an empty setup_model."""
        return set(wrong) | ({"setup_model"} if self.attributes else set())

    def as_it_is(self, fails: Callable[[], bool]) -> bool:
        """Whether a run fails without the attributes that an empty setup_model does not set."""
        kept, self.attributes = self.attributes, False
        try:
            return fails()
        finally:
            self.attributes = kept
