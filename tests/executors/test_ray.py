"""The command and the process that is connected to Ray for it: whatever becomes of that, the command ends well."""

import os
import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from cnnlab.errors import RunError
from cnnlab.executors import ray as link
from cnnlab.executors import remote
from cnnlab.executors.base import Event, Job
from tests.conftest import TINY
from tests.executors import fake_drivers
from tests.sample_configs import loaded

pytestmark = pytest.mark.heavy


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, events: list[Event]) -> Any:
    """A run of one job with a driver of some fate; returns its executor."""
    monkeypatch.setattr(link, "SECONDS_BETWEEN_LOOKS", 0.05)
    monkeypatch.setattr(link, "SECONDS_OF_SILENCE", 0.3)
    monkeypatch.setattr(remote, "SECONDS_BETWEEN_LOOKS", 0.05)
    (tmp_path / "run").mkdir()
    job = Job.of(loaded(tmp_path, TINY), 0, tmp_path / "run", None)
    handler = signal.getsignal(signal.SIGINT)

    def start(fate: Any, listen: Any = None, address: str | None = None) -> None:
        monkeypatch.setattr(link, "drive", fate)
        executor = link.RayExecutor(address)
        executor.run([job], (lambda event: listen(event, executor)) if listen else events.append)

    yield start
    signal.signal(signal.SIGINT, handler)
    link.leave()
    assert list((tmp_path / "run").iterdir()) == []


def test_a_driver_that_ray_ends_is_a_lost_cluster(run: Any, events: list[Event]) -> None:
    with pytest.raises(RunError, match=r"^The Ray cluster was lost: its head, or the node of this command"):
        run(fake_drivers.dies)
    assert [event.kind for event in events] == ["started"]


def test_a_head_that_does_not_answer_is_a_lost_cluster(run: Any, events: list[Event]) -> None:
    """Its driver would wait for a minute, and then be ended by Ray."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(RunError, match="The Ray cluster was lost"):
        run(fake_drivers.hangs, address=address)
    assert not link._drivers[0].process.is_alive()


def test_a_head_that_dies_while_the_tasks_save_is_an_interrupt_all_the_same(
    run: Any, events: list[Event]
) -> None:
    def listen(event: Event, executor: Any) -> None:
        events.append(event)
        if event.kind == "started":
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run(fake_drivers.dies_when_interrupted, listen)
    assert [event.kind for event in events] == ["started", "interrupted"]


def test_one_process_serves_run_after_run(run: Any, events: list[Event], tmp_path: Path) -> None:
    def listen(event: Event, executor: Any) -> None:
        events.append(event)
        if event.kind == "started" and len(events) == 1:
            executor.stop(tmp_path / "run", 0)

    run(fake_drivers.stops, listen)
    first = link._drivers[0].process.pid
    assert [event.kind for event in events] == ["started", "interrupted"]
    with pytest.raises(RuntimeError, match=r"failed:\nTraceback: ValueError: no"):
        run(fake_drivers.stops, listen)
    assert link._drivers[0].process.pid == first


def test_what_a_listener_raises_ends_what_is_under_way(run: Any) -> None:
    def full(event: Event, executor: Any) -> None:
        raise RunError("Cannot write: No space left on device.")

    with pytest.raises(RunError, match="No space left"):
        run(fake_drivers.hangs, full)
    assert not link._drivers[0].process.is_alive()
