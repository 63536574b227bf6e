"""Judging `setup_model`, `feedforward_sample` and `feedforward`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.verify.implementation.diagnosis import diagnose
from cnnlab.verify.implementation.examination import Examination
from cnnlab.verify.implementation.findings import FOLLOWS, NOT_JUDGED, PASSED
from cnnlab.verify.implementation.generic import LOST, explain, is_unwritten
from cnnlab.verify.implementation.mistakes import FEEDFORWARD, SAMPLE
from cnnlab.verify.implementation.mistakes.counting import COUNTING
from cnnlab.verify.implementation.networks import NetworkCase
from cnnlab.verify.implementation.oddities import shape_oddity
from cnnlab.verify.implementation.outcome import Array, Outcome, verdict
from cnnlab.verify.implementation.session import NetworkReply, Session
from cnnlab.verify.implementation.standing import Standing

METHODS = ("setup_model", "feedforward_sample", "feedforward", "evaluate")


@dataclass(frozen=True)
class Asked:
    """One question to a network, as a diagnosis takes it."""

    args: tuple[Any, ...]
    expected: Array
    label: str = ""


class NetworkJudge:
    """Judges the class `CNN` of one file."""

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
            case, steps, replace, self.data, self.numbers, attributes=self.attributes, seconds=20.0
        )

    def setup(self) -> bool:
        """Judge constructor, setup_model and the count; whether the network can be built at all."""
        find = self.standing.find
        if "CNN" not in self.session.has:
            find("setup_model", "required", "class_missing", "There is no class CNN in the file.")
            return False
        for method in METHODS:
            if method not in self.session.methods:
                find(method, "required", "function_missing", f"The class CNN has no method {method}.")
        if "setup_model" not in self.session.methods:
            return False
        cases = self.examination.counting
        replies = [self.ask(case, [], self.standing.replace("required")) for case in cases]
        self.standing.settle("setup_model", "required", PASSED)
        for reply in replies:
            if not reply.built:
                self._cannot_build(reply)
                return False
        self._count(cases, replies)
        return True

    def _cannot_build(self, reply: NetworkReply) -> None:
        construct, setup = reply["construct"], reply["setup"]
        if construct.kind == "raised" and construct.type == "TypeError" and construct.line is None:
            message = f"CNN(dataset, verbose) cannot be called so: {construct.message}."
            self.standing.find("setup_model", "required", "constructor_differs", message)
            return
        outcome, where = (construct, "CNN(dataset)") if construct.kind == "raised" else (setup, "setup_model")
        self.standing.find("setup_model", "required", *explain(outcome, None, where))

    def _count(self, cases: Sequence[NetworkCase], replies: Sequence[NetworkReply]) -> None:
        if is_unwritten(replies[0]["setup"]) and replies[0]["setup"].kind == "raised":
            self._not_written()
            return
        counts = [_whole_number(reply["N"]) for reply in replies]
        rights = [int(case.expected) for case in cases]
        if counts == rights:
            return
        printed = [_printed_numbers(reply["setup"].printed) for reply in replies]
        if all(not count for count in counts):
            if any(printed):
                said = "The number of weights is printed and not kept: self.N should hold it."
                self.standing.find("setup_model", "required", "count_not_stored", said)
            else:
                self._not_written()
            return
        for mistake, message, ways in COUNTING:
            if any(self._gives(way, cases, counts) for way in ways):
                said = (
                    f"self.N is {counts[0]} for the lab's network, which has {rights[0]} weights. {message}"
                )
                self.standing.find("setup_model", "required", mistake, said)
                return
        said = f"self.N is {counts[0]} for the lab's network, which has {rights[0]} weights."
        self.standing.find("setup_model", "required", "unknown_difference", said)

    def _not_written(self) -> None:
        self.attributes = True
        self.standing.find(
            "setup_model", "required", "not_written", "Nothing is kept: self.N is not there after the call."
        )

    @staticmethod
    def _gives(
        way: Callable[[Any, Any], int], cases: Sequence[NetworkCase], counts: Sequence[int | None]
    ) -> bool:
        return all(way(*case.lists()) == count for case, count in zip(cases, counts, strict=True))

    def sample(self) -> None:
        """Judge feedforward_sample on the lab's network, then on those that ask for more."""
        if "feedforward_sample" not in self.session.methods:
            self.standing.dangerous.add("feedforward_sample")
            return
        for grade in ("required", "robust"):
            if self.standing.wrong.get("feedforward_sample") == "required":
                self.standing.settle("feedforward_sample", grade, NOT_JUDGED)
                continue
            cases = [case for case in self.examination.networks if case.grade == grade]
            self.standing.settle("feedforward_sample", grade, PASSED)
            outcomes = self._settled(
                "feedforward_sample", grade, lambda replace, c=cases: self._samples(c, replace)
            )  # type: ignore[misc]
            if outcomes is not None:
                self._judge_sample(grade, cases, outcomes)

    def _samples(self, cases: Sequence[NetworkCase], replace: dict[str, str]) -> "Trial":
        outcomes: list[Outcome] = []
        asked: list[Asked] = []
        for case in cases:
            reply = self.ask(case, ["sample"], replace)
            if not reply.lost:
                self.cpu_seconds_per_image = max(self.cpu_seconds_per_image, reply.cpu_seconds / len(case.x))
            outcomes += reply.samples(len(case.x))
            W, b = case.lists()
            asked += [
                Asked((h, W, b, case.lname, case.activation), p, case.label)
                for h, p in zip(case.x, case.expected, strict=True)
            ]
            if reply.lost:
                return Trial(asked, outcomes)
        return Trial(asked, outcomes)

    def _settled(self, check: str, grade: str, run: Callable[[dict[str, str]], "Trial"]) -> "Trial | None":
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
                guilty = {n for n in odd if run(standing.replace(grade, odd=odd - {n})).bad()} or set(odd)
                standing.promote(guilty, grade)
                standing.settle(check, grade, FOLLOWS, guilty)
                return None
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

    def _judge_sample(self, grade: str, cases: Sequence[NetworkCase], trial: "Trial") -> None:
        check = "feedforward_sample"
        find = self.standing.find
        bad = trial.bad()
        if bad:
            first = trial.outcomes[bad[0]]
            if first.kind in LOST:
                self.standing.dangerous.add(check)
            if all(map(is_unwritten, trial.outcomes)):
                find(check, grade, *explain(first, None, "every image"))
            elif known := diagnose(SAMPLE, trial.asked, trial.outcomes):
                find(check, grade, known.name, known.message)
            else:
                find(check, grade, *explain(first, trial.asked[bad[0]].expected, trial.asked[bad[0]].label))
        else:
            self._note_shape(trial)
        self._judge_arguments(grade, trial)

    def _note_shape(self, trial: "Trial") -> None:
        shaped = [
            o.value
            for o, a in zip(trial.outcomes, trial.asked, strict=True)
            if verdict(o, a.expected) == "shape" and o.value is not None
        ]
        if shaped:
            self.standing.odd.setdefault("feedforward_sample", shape_oddity("feedforward_sample", shaped[0]))

    def _judge_arguments(self, grade: str, trial: "Trial") -> None:
        said = {f.mistake for f in self.standing.result.findings if f.check == "feedforward_sample"}
        elsewhere = any(f.mistake == "writes_into_input" for f in self.standing.result.findings)
        changed = any(outcome.changed for outcome in trial.outcomes)
        repeats = all(outcome.repeats for outcome in trial.outcomes)
        if changed and not elsewhere:
            again = "" if repeats else ", and a second call with the same image gives other numbers"
            self.standing.find(
                "feedforward_sample",
                "robust" if repeats else grade,
                "writes_into_input",
                f"The image that is given is written into{again}: it should stay as it is.",
            )
        elif not repeats and not changed and "not_repeatable" not in said:
            message = "Two calls with the same image give different numbers."
            self.standing.find("feedforward_sample", grade, "not_repeatable", message)

    def feedforward(self) -> None:
        """Judge feedforward on a set of images, with feedforward_sample replaced when that is wrong."""
        check = "feedforward"
        if check not in self.session.methods:
            self.standing.dangerous.add(check)
            return
        case = self.examination.networks[0]

        def run(replace: dict[str, str]) -> Trial:
            reply = self.ask(case, ["set"], replace)
            outcome = reply["set"] if reply.built or reply.lost else reply["setup"]
            return Trial([Asked((case.expected,), case.expected, "a set of 4 images")], [outcome])

        self.standing.settle(check, "required", PASSED)
        trial = self._settled(check, "required", run)
        if trial is None:
            return
        outcome = trial.outcomes[0]
        if trial.bad():
            if outcome.kind in LOST:
                self.standing.dangerous.add(check)
            if known := diagnose(FEEDFORWARD, trial.asked, trial.outcomes):
                self.standing.find(check, "required", known.name, known.message)
            else:
                found = explain(outcome, case.expected, trial.asked[0].label)
                self.standing.find(check, "required", *found)
        elif (
            verdict(outcome, case.expected) == "shape" and not self.standing.odd and not self.standing.shapes
        ):
            self.standing.odd[check] = shape_oddity(check, np.asarray(outcome.value))
        if outcome.changed and not any(
            f.mistake == "writes_into_input" for f in self.standing.result.findings
        ):
            message = "The set of images that is given is written into: it should stay as it is."
            self.standing.find(check, "robust", "writes_into_input", message)

    def speed(self) -> float | None:
        """Microseconds per image through the lab's network; None when the file's own network is not right."""
        if self.standing.wrong.get("feedforward_sample") == "required":
            return None
        if any(self.standing.wrong.get(n) == "required" for n in self.examination.functions):
            return None
        return self.ask(self.examination.networks[0], ["time"], {}).microseconds


@dataclass(frozen=True)
class Trial:
    """Questions and outcomes of one way of running."""

    asked: list[Asked]
    outcomes: list[Outcome]

    def bad(self) -> list[int]:
        """Numbers of the outcomes that are not right; a run that was cut short is bad."""
        pairs = enumerate(zip(self.asked, self.outcomes, strict=True))
        return [i for i, (question, outcome) in pairs if verdict(outcome, question.expected) == "different"]


def _whole_number(outcome: Outcome) -> int | None:
    if outcome.value is None or outcome.value.size != 1:
        return None
    number = float(outcome.value.ravel()[0].real)
    return int(number) if np.isfinite(number) and number == int(number) else None


def _printed_numbers(text: str) -> set[int]:
    return {int(word.replace(",", "")) for word in re.findall(r"\d[\d,]*", text)}
