"""No logger harms a run, whatever it does."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from cnnlab.items import Item
from cnnlab.loggers import Logger, RunInfo, logger
from cnnlab.loggers.threads import Loggers
from tests.loggers.conftest import RESULT, ROWS

METHODS = ("start", "start_repeat", "epoch", "end_repeat", "end")


class Scene:
    """What the loggers of one test have heard, and what lets the hanging ones go."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.release = threading.Event()


class Recorder(Logger):
    """Notes each call, and raises or hangs at one of them."""

    def __init__(self, test: Scene, at: str, error: type[BaseException] | None) -> None:
        self.test, self.at, self.error = test, at, error

    def __getattribute__(self, name: str) -> Any:
        if name not in METHODS:
            return object.__getattribute__(self, name)

        def hear(*arguments: Any) -> None:
            self.test.heard.append((name, arguments))
            if name == self.at and self.error is not None:
                raise self.error(f"no {name} today\nsecond line")
            if name == self.at:
                self.test.release.wait(20)

        return hear


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Two loggers of the test's own, for the time of it."""
    monkeypatch.setattr(logger, "_entries", dict(logger._entries))
    test = Scene()

    def faulty(*, at: str, error: str = "RuntimeError") -> Logger:
        """Raises."""
        kinds = {kind.__name__: kind for kind in (RuntimeError, SystemExit, KeyboardInterrupt, MemoryError)}
        if at == "__init__":
            raise kinds[error]("cannot be made")
        return Recorder(test, at, kinds[error])

    def hanging(*, at: str) -> Logger:
        """Hangs."""
        return Recorder(test, at, None)

    logger(faulty)
    logger(hanging)
    yield test
    test.release.set()


def log_all(items: list[Item], info: RunInfo, seconds: float = 10) -> list[str]:
    """A whole run as the loggers hear it; returns the warnings."""
    warnings: list[str] = []
    loggers = Loggers(items, info, warnings.append)
    loggers.start_repeat(0)
    for row in ROWS:
        loggers.epoch(0, row)
    loggers.end_repeat(0, "done", RESULT)
    loggers.close("done", seconds)
    return warnings


def test_every_call_arrives_in_order(run_info: RunInfo, item: Any, registered: Scene) -> None:
    """The run, the repeat, each epoch, both ends."""
    assert log_all([item("faulty", at="never")], run_info) == []
    assert [name for name, _ in registered.heard] == [
        "start",
        "start_repeat",
        "epoch",
        "epoch",
        "end_repeat",
        "end",
    ]
    assert registered.heard[0][1] == (run_info,)
    assert registered.heard[3][1] == (0, ROWS[1])
    assert registered.heard[4][1] == (0, "done", RESULT)
    assert registered.heard[5][1] == ("done",)


@pytest.mark.parametrize("error", ["RuntimeError", "SystemExit", "KeyboardInterrupt", "MemoryError"])
@pytest.mark.parametrize("at", ["__init__", *METHODS])
def test_one_that_raises_is_told_once_and_hears_no_more(
    run_info: RunInfo, item: Any, registered: Scene, at: str, error: str
) -> None:
    """A second logger beside it hears everything."""
    warnings = log_all([item("faulty", at=at, error=error), item("hanging", at="never")], run_info)
    assert len(warnings) == 1
    message = "cannot be made" if at == "__init__" else f"no {at} today"
    assert (
        f"The logger faulty failed and logs no more ({error}: {message}); the run continues." in warnings[0]
    )
    assert "Traceback" in (run_info.folder / "logging.txt").read_text()
    heard = [name for name, _ in registered.heard]
    assert heard.count("epoch") == 2 + {"epoch": 1, "end_repeat": 2, "end": 2}.get(at, 0)
    assert heard.count("end") == 1 + (at == "end")


def test_one_that_hangs_is_left_behind(run_info: RunInfo, item: Any, registered: Scene) -> None:
    """The run waits no longer than it said, for all of them together."""
    started = time.monotonic()
    warnings = log_all([item("hanging", at="epoch"), item("hanging", at="start")], run_info, seconds=0.3)
    assert time.monotonic() - started < 2
    assert [text.split(";")[0] for text in warnings] == ["The logger hanging did not end in time"] * 2


def test_a_slow_one_does_not_hold_up_the_run(run_info: RunInfo, item: Any, registered: Scene) -> None:
    """The run continues while the logger works off its queue."""
    loggers = Loggers([item("hanging", at="start")], run_info, lambda text: None)
    started = time.monotonic()
    for _ in range(1000):
        loggers.epoch(0, ROWS[0])
    assert time.monotonic() - started < 1
    registered.release.set()
    loggers.close("done")
    assert len(registered.heard) == 1002


def test_a_folder_that_cannot_be_written_changes_nothing(
    run_info: RunInfo, item: Any, registered: Scene
) -> None:
    """Without a place for the traceback there is the warning alone."""
    gone = RunInfo(run_info.folder / "gone", "tiny", {})
    (warning,) = log_all([item("faulty", at="end")], gone)
    assert warning.endswith("the run continues.")


def test_without_loggers_nothing_is_started(run_info: RunInfo) -> None:
    """No thread, no file."""
    before = threading.active_count()
    assert log_all([], run_info) == []
    assert threading.active_count() == before
    assert list(Path(run_info.folder).iterdir()) == []
