"""Judging `feedforward_sample` and `feedforward`."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from cnnlab.judge.diagnosis import diagnose
from cnnlab.judge.findings import NOT_JUDGED, PASSED
from cnnlab.judge.generic import LOST, explain, is_unwritten
from cnnlab.judge.mistakes import FEEDFORWARD, SAMPLE
from cnnlab.judge.network_base import NetworkBench
from cnnlab.judge.networks import NetworkCase
from cnnlab.judge.oddities import shape_oddity
from cnnlab.judge.outcome import Outcome, vector_shape, verdict
from cnnlab.judge.trial import Asked, Trial


class NetworkJudge:
    """Judges how the file's network is run."""

    def __init__(self, bench: NetworkBench) -> None:
        """Take what builds the networks."""
        self.bench, self.session, self.standing = bench, bench.session, bench.standing

    def sample(self) -> None:
        """Judge feedforward_sample on the lab's network, then on those that ask for more."""
        if "feedforward_sample" not in self.session.methods:
            self.standing.dangerous.add("feedforward_sample")
            return
        for grade in ("required", "robust"):
            if self.standing.wrong.get("feedforward_sample") == "required":
                self.standing.settle("feedforward_sample", grade, NOT_JUDGED)
                continue
            cases = [case for case in self.bench.examination.networks if case.grade == grade]
            self.standing.settle("feedforward_sample", grade, PASSED)
            trial = self.bench.settled("feedforward_sample", grade, partial(self._samples, cases))
            if trial is not None:
                self._judge_sample(grade, trial)

    def _samples(self, cases: Sequence[NetworkCase], replace: dict[str, str]) -> Trial:
        outcomes: list[Outcome] = []
        asked: list[Asked] = []
        for case in cases:
            reply = self.bench.ask(case, ["sample"], replace)
            if not reply.lost:
                self.bench.cpu_seconds_per_image = max(
                    self.bench.cpu_seconds_per_image, reply.cpu_seconds / len(case.x)
                )
            outcomes += reply.samples(len(case.x))
            W, b = case.lists()
            asked += [
                Asked((h, W, b, case.lname, case.activation), p, case.label)
                for h, p in zip(case.x, case.expected, strict=True)
            ]
            if reply.lost:
                return Trial(asked, outcomes)
        return Trial(asked, outcomes)

    def _judge_sample(self, grade: str, trial: Trial) -> None:
        check = "feedforward_sample"
        find = self.standing.find
        bad = trial.bad()
        if bad:
            first = trial.outcomes[bad[0]]
            if first.value is not None and vector_shape(first.value) in ("row", "column"):
                self.standing.shapes[check] = vector_shape(first.value)
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

    def _note_shape(self, trial: Trial) -> None:
        shaped = [
            o.value
            for o, a in zip(trial.outcomes, trial.asked, strict=True)
            if verdict(o, a.expected) == "shape" and o.value is not None
        ]
        if shaped:
            self.standing.odd.setdefault("feedforward_sample", shape_oddity("feedforward_sample", shaped[0]))

    def _judge_arguments(self, grade: str, trial: Trial) -> None:
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
        case = self.bench.examination.networks[0]

        def run(replace: dict[str, str]) -> Trial:
            reply = self.bench.ask(case, ["set"], replace)
            outcome = reply["set"] if reply.built or reply.lost else reply["setup"]
            return Trial([Asked((case.expected,), case.expected, "a set of 4 images")], [outcome])

        self.standing.settle(check, "required", PASSED)
        trial = self.bench.settled(check, "required", run)
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
        if any(self.standing.wrong.get(n) == "required" for n in self.bench.examination.functions):
            return None
        return self.bench.ask(self.bench.examination.networks[0], ["time"], {}).microseconds
