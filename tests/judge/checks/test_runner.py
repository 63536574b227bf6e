"""Whose mistake it is when a network goes wrong."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cnnlab.judge.checks.file_state import FileState
from cnnlab.judge.checks.runner import Attempt, NetworkRunner
from cnnlab.judge.checks.unusual_shapes import UnusualShape
from cnnlab.judge.results import FOLLOWS, NOT_JUDGED, FileResult
from cnnlab.judge.source import Source

CHECK = "feedforward_sample"


@pytest.fixture
def runner() -> NetworkRunner:
    """A file whose dense layer is wrong, and whose flatten_layer and pool2d_layer have unusual shapes."""
    state = FileState(FileResult(Path("cnn.py")), Source())
    state.find("dense_layer", "required", "bias_missing", "")
    for name in ("pool2d_layer", "flatten_layer"):
        state.unusual[name] = UnusualShape(("harmless", ""), ("harmful", ""))
    nothing: Any = cast(Any, SimpleNamespace())
    return NetworkRunner(nothing, nothing, state)


def attempt(runner: NetworkRunner, needed: set[str], **more: Any) -> Attempt[frozenset[str]]:
    """A check that is right once the functions in `needed` are replaced."""

    def run(replace: Mapping[str, str]) -> Attempt[frozenset[str]]:
        return Attempt(frozenset(replace), sorted(needed - set(replace)), **more)

    return runner.attempt(CHECK, "required", run)


def test_a_check_that_is_right_whatever_is_replaced_follows_from_nothing(runner: NetworkRunner) -> None:
    assert not attempt(runner, set()).wrong
    assert runner.state.result.checks[CHECK].status("required") == NOT_JUDGED


def test_a_check_that_needs_the_wrong_function_replaced_follows_from_it(runner: NetworkRunner) -> None:
    assert attempt(runner, {"dense_layer"}).seen == {"dense_layer"}
    check = runner.state.result.checks[CHECK]
    assert check.status("required") == FOLLOWS and check.because == {"dense_layer"}


@pytest.mark.parametrize("needed", [{"flatten_layer"}, {"flatten_layer", "pool2d_layer"}], ids=len)
def test_an_unusual_shape_that_spoils_it_is_blamed(runner: NetworkRunner, needed: set[str]) -> None:
    """The one alone that mends it, or all where none does."""
    assert attempt(runner, needed).follows
    blamed = {f.check for f in runner.state.result.findings if f.mistake == "harmful"}
    assert blamed == needed == runner.state.result.checks[CHECK].because


def test_what_no_replacement_mends_is_the_checks_own(runner: NetworkRunner) -> None:
    found = attempt(runner, {CHECK})
    assert found.wrong == [CHECK] and not found.follows and found.seen == {"dense_layer"}
    without = attempt(runner, {CHECK}, without_numbers=True)  # nothing to look at but with right shapes
    assert without.seen == {"dense_layer", "flatten_layer", "pool2d_layer"}


def test_a_dangerous_function_is_not_run_again(runner: NetworkRunner) -> None:
    """The check follows from it without a trial of the file as it is."""
    runner.state.dangerous.add("dense_layer")
    assert not attempt(runner, set()).wrong
    assert runner.state.result.checks[CHECK].status("required") == FOLLOWS
