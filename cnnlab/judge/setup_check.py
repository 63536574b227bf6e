"""Judging the constructor, `setup_model` and the count of the weights."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cnnlab.judge.findings import PASSED
from cnnlab.judge.generic import explain, is_unwritten
from cnnlab.judge.mistakes.counting import COUNTING
from cnnlab.judge.network_base import NetworkBench
from cnnlab.judge.networks import NetworkCase
from cnnlab.judge.outcome import Outcome
from cnnlab.judge.session import NetworkReply

METHODS = ("setup_model", "feedforward_sample", "feedforward", "evaluate")


class SetupJudge:
    """Judges `setup_model` of one file."""

    def __init__(self, bench: NetworkBench) -> None:
        """Take what builds the networks."""
        self.bench, self.session, self.standing = bench, bench.session, bench.standing

    def check(self) -> bool:
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
        cases = self.bench.examination.counting
        replies = [self.bench.ask(case, [], self.standing.replace("required")) for case in cases]
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
        self.bench.attributes = True
        self.standing.find(
            "setup_model", "required", "not_written", "Nothing is kept: self.N is not there after the call."
        )

    @staticmethod
    def _gives(
        way: Callable[[Any, Any], int], cases: Sequence[NetworkCase], counts: Sequence[int | None]
    ) -> bool:
        return all(way(*case.lists()) == count for case, count in zip(cases, counts, strict=True))


def _whole_number(outcome: Outcome) -> int | None:
    if outcome.value is None or outcome.value.size != 1:
        return None
    number = float(outcome.value.ravel()[0].real)
    return int(number) if np.isfinite(number) and number == int(number) else None


def _printed_numbers(text: str) -> set[int]:
    return {int(word.replace(",", "")) for word in re.findall(r"\d[\d,]*", text)}
