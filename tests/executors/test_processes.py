"""A function in a process of its own: its result, what it reports, and how it fails."""

import os
import time
from collections.abc import Callable

import pytest

from cnnlab.errors import ConfigError
from cnnlab.executors import processes
from cnnlab.executors.processes import in_process

Report = Callable[[str], None]
pytestmark = pytest.mark.heavy


def doubles(number: int, report: Report) -> int:
    report("begun")
    report("ended")
    return 2 * number


def refuses(text: str, report: Report) -> None:
    raise ConfigError(text)


def fails(text: str, report: Report) -> None:
    raise ValueError(text)


def dies(code: int, report: Report) -> None:
    os._exit(code)


def waits(seconds: float, report: Report) -> None:
    report(str(os.getpid()))
    time.sleep(seconds)


def test_it_returns_and_reports() -> None:
    reported: list[str] = []
    assert in_process(doubles, 21, reported.append) == 42
    assert reported == ["begun", "ended"]


def test_an_error_of_ours_comes_as_it_is_and_any_other_with_its_traceback() -> None:
    with pytest.raises(ConfigError, match=r"^no such key$"):
        in_process(refuses, "no such key", print)
    with pytest.raises(RuntimeError, match=r"a process of cnnlab failed:\nTraceback [\s\S]*ValueError: odd"):
        in_process(fails, "odd", print)


def test_a_process_that_dies_is_named_by_its_exit_code() -> None:
    with pytest.raises(RuntimeError, match=r"a process of cnnlab ended with exit code 7\."):
        in_process(dies, 7, print)


def test_on_an_interrupt_it_is_waited_for_and_then_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "SECONDS_TO_STOP", 0.2)
    pids: list[int] = []

    def interrupted(text: str) -> None:
        pids.append(int(text))
        raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        in_process(waits, 60.0, interrupted)
    assert time.monotonic() - begun < 50
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)
