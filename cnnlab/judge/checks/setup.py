"""Judging the constructor, `setup_model` and the count of the weights."""

import re
from collections.abc import Sequence

import numpy as np

from cnnlab.judge.checks.file_state import METHODS
from cnnlab.judge.checks.runner import NetworkRunner
from cnnlab.judge.explanations import explain
from cnnlab.judge.mistakes.counting import COUNTING
from cnnlab.judge.outcome import CallOutcome
from cnnlab.judge.results import PASSED
from cnnlab.judge.session import NetworkReply


def check_setup(runner: NetworkRunner) -> bool:
    """Judge constructor, setup_model and the count; whether the network can be built at all."""
    state, session = runner.state, runner.session
    if "CNN" not in session.has:
        state.find("setup_model", "required", "class_missing", "There is no class CNN in the file.")
        return False
    for method in METHODS:
        if method not in session.methods:
            message = f"The class CNN has no method {method}."
            state.find(method, "required", "function_missing", message)
    if "setup_model" not in session.methods:
        return False
    replace = state.replace("required")
    replies = [runner.ask(case.setup, [], replace, x=case.x) for case in runner.examination.counting]
    state.set_status("setup_model", "required", PASSED)
    for reply in replies:
        if not reply.built:
            state.find("setup_model", "required", *_why_not_built(reply))
            return False
    found = _miscount(runner, replies)
    if found is not None:
        runner.sets_attributes = found[0] == "not_written"
        state.find("setup_model", "required", *found)
    return True


def _why_not_built(reply: NetworkReply) -> tuple[str, str]:
    construct, setup = reply["construct"], reply["setup"]
    if construct.kind != "raised":
        return explain(setup, None, "setup_model")
    if construct.type == "TypeError" and construct.line is None:
        message = f"CNN(dataset, verbose) cannot be called so: {construct.message}."
        return "constructor_differs", message
    return explain(construct, None, "CNN(dataset)")


def _miscount(runner: NetworkRunner, replies: Sequence[NetworkReply]) -> tuple[str, str] | None:
    """What is wrong with the number of weights."""
    cases = runner.examination.counting
    counts = [_whole_number(reply["N"]) for reply in replies]
    rights = [int(case.expected) for case in cases]
    if counts == rights:
        return None
    if not any(counts):
        if any(re.search(r"\d", reply["setup"].printed) for reply in replies):
            message = "The number of weights is printed and not kept: self.N should hold it."
            return "count_not_stored", message
        return "not_written", "Nothing is kept: self.N is not there after the call."
    message = f"self.N is {counts[0]} for the lab's network, which has {rights[0]} weights."
    for mistake in COUNTING.entries:
        for way in mistake.ways:
            if [way(case.setup.W, case.setup.b) for case in cases] == counts:
                return mistake.name, f"{message} {mistake.message}"
    return "unknown_difference", message


def _whole_number(outcome: CallOutcome) -> int | None:
    if outcome.value is None or outcome.value.size != 1:
        return None
    number = float(outcome.value.ravel()[0].real)
    return int(number) if np.isfinite(number) and number == int(number) else None
