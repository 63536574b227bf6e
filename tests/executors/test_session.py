"""One job after the other in a process: what ends each of them, and what is kept between two."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cnnlab.errors import EXIT_DATA, EXIT_USAGE, ConfigError, DataError
from cnnlab.executors import session
from cnnlab.executors.base import Event
from cnnlab.executors.session import WorkerSession
from cnnlab.runs.folder import RunFolder
from cnnlab.training.rules import Stopped
from tests.executors.samples import job_of

Serve = Callable[..., list[Event]]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Serve a job whose training is `train`; returns all events, the last one that which ends it."""
    loads: list[object] = []
    monkeypatch.setattr(session, "silence", lambda path: None)
    monkeypatch.setattr(session, "log_traceback", lambda: None)
    monkeypatch.setattr(session, "choose", lambda name: None)
    monkeypatch.setattr(session, "configure_training", lambda training: loads.append("framework") or "CPU")
    monkeypatch.setattr(
        session, "load_data", lambda config, data_dir: loads.append(config.data.dataset.name) or object()
    )
    served = WorkerSession()

    def start(train: Callable[..., Any], repeat: int | None = 1, more: str = "") -> list[Event]:
        monkeypatch.setattr(session, "train_one", train)
        events: list[Event] = []
        events.append(served.serve(job_of(tmp_path, repeat, more), events.append, lambda: None))
        return events

    start.loads = loads  # type: ignore[attr-defined]
    return start


def trains(config: Any, repeat: int, folder: Any, data: Any, *, device: str, hooks: Any, **more: Any) -> Any:
    hooks.report({"epoch": 1})
    hooks.note("odd.")
    return SimpleNamespace(model_dump=lambda: {"repeat": repeat, "device": device})


def test_a_repeat_reports_its_beginning_epochs_warnings_and_end(serve: Serve, tmp_path: Path) -> None:
    started, epoch, warning, done = serve(trains)
    assert [started.kind, epoch.kind, warning.kind, done.kind] == ["started", "epoch", "warning", "done"]
    assert epoch.content == {"epoch": 1} and warning.error == "repeat 1: odd."
    assert done.content == {"repeat": 1, "device": "CPU"}
    assert RunFolder(tmp_path).repeat(1).path.is_dir()


@pytest.mark.parametrize(
    ("error", "said", "refused"),
    [
        (DataError("No data."), "No data.", EXIT_DATA),
        (ConfigError("No such key."), "No such key.", EXIT_USAGE),
        (OSError(28, "No space left on device", "/x/y"), "/x/y: No space left on device.", EXIT_USAGE),
        (MemoryError(), "out of memory: try a smaller training.batch_size.", None),
        (ValueError("first line\nsecond"), "ValueError: first line", None),
        (KeyError(), "KeyError: ", None),
    ],
)
def test_an_error_is_one_sentence_and_the_next_job_is_served(
    serve: Serve, error: Exception, said: str, refused: int | None
) -> None:
    def fail(*arguments: Any, **more: Any) -> Any:
        raise error

    event = serve(fail)[-1]
    assert (event.kind, event.error, event.refused) == ("failed", said, refused)
    assert serve(trains)[-1].kind == "done"


def test_a_stopped_repeat_is_interrupted(serve: Serve) -> None:
    def stop(*arguments: Any, **more: Any) -> Any:
        raise Stopped

    assert serve(stop)[-1].kind == "interrupted"


def test_a_parent_that_is_gone_is_no_error_of_the_repeat(serve: Serve) -> None:
    def alone(*arguments: Any, **more: Any) -> Any:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        serve(alone)


def test_framework_and_data_are_set_up_once(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "prepare", lambda config, data: {"tried": config.name})
    (prepared,) = serve(trains, None)
    assert (prepared.kind, prepared.content) == ("prepared", {"tried": "tiny"})
    for _ in range(2):
        serve(trains)
    assert serve.loads == ["framework", "mnist10k"]
