"""Jobs on other machines: their events through files of the run folder, the request to stop, and what is reported."""

import json
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cnnlab.errors import RunError
from cnnlab.executors import remote
from cnnlab.executors.base import Event, Job, Listener
from cnnlab.executors.machine import Machine
from cnnlab.executors.remote import JobFiles, RemoteExecutor, read_events, serve
from cnnlab.executors.session import WorkerSession
from cnnlab.files import remove_leftovers
from cnnlab.runs.process import host_name
from cnnlab.training.rules import Stopped
from tests.conftest import TINY
from tests.sample_configs import loaded

Node = Callable[[Job, JobFiles], Event | None]


class Epochs(WorkerSession):
    """Trains nothing: reports epochs until it is stopped, or for ever."""

    def serve(self, job: Job, report: Listener, check: Callable[[], None]) -> Event:
        report(job.event("started"))
        report(job.event("epoch", {"epoch": 1, "loss": 0.5}))
        try:
            check()
        except Stopped:
            return job.event("interrupted")
        return job.event("done", {"repeat": job.repeat})


class FakeCluster(RemoteExecutor):
    """Executes each job when it is asked for news, in this process; `node` may do so in its own way."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.waiting: dict[int, tuple[Job, JobFiles]] = {}
        self.cancelled: list[int] = []

    def submit(self, tasks: Sequence[tuple[Job, JobFiles]]) -> None:
        self.waiting = dict(enumerate(tasks))

    def news(self) -> list[tuple[int, Event]]:
        events = [(number, self.node(*task)) for number, task in self.waiting.items()]
        for number, event in events:
            if event is not None and event.kind != "warning":
                del self.waiting[number]
        return [(number, event) for number, event in events if event is not None]

    def cancel(self, number: int) -> None:
        self.cancelled.append(number)
        self.waiting.pop(number, None)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Any:
    """No waiting, the tests' own output kept, and Ctrl-C as it was."""
    monkeypatch.setattr(remote, "SECONDS_BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr(remote, "SECONDS_BETWEEN_CHECKS", -1.0)
    monkeypatch.setattr(remote, "SECONDS_TO_STOP", 0.3)
    monkeypatch.setattr(remote, "silence", lambda path: None)
    handler = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, handler)


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    config = loaded(tmp_path, TINY)
    (tmp_path / "run").mkdir()
    return [Job.of(config, repeat, tmp_path / "run", None) for repeat in range(2)]


def trained(job: Job, files: JobFiles) -> Event:
    return serve(job, files, Epochs())


def test_events_arrive_in_order_and_no_file_stays(jobs: list[Job]) -> None:
    events: list[Event] = []
    FakeCluster(trained).run(jobs, events.append)
    for repeat in range(2):
        own = [event for event in events if event.repeat == repeat]
        assert [event.kind for event in own] == ["started", "epoch", "done"]
        assert own[1].content == {"epoch": 1, "loss": 0.5}
    assert {event.folder for event in events} == {jobs[0].folder}
    assert list(jobs[0].folder.iterdir()) == []


def test_a_node_that_does_not_see_the_run_folder_is_named_in_a_sentence(jobs: list[Job]) -> None:
    """The folder may even be there: it is not the same one unless the command's file is in it."""
    events: list[Event] = []

    def elsewhere(job: Job, files: JobFiles) -> Event:
        return serve(job, replace(files, token="another"), Epochs())

    FakeCluster(elsewhere).run(jobs, events.append)
    assert [event.kind for event in events] == ["failed", "failed"]
    assert events[0].error == (
        f"{host_name()} does not see the run folder {jobs[0].folder}: the nodes must share the runs directory."
    )
    assert list(jobs[0].folder.iterdir()) == []


def test_one_job_is_stopped_and_the_other_is_not(jobs: list[Job]) -> None:
    events: list[Event] = []
    cluster = FakeCluster(trained)

    def node(job: Job, files: JobFiles) -> Event:
        cluster.stop(jobs[1].folder, 1)
        return trained(job, files)

    cluster.node = node
    cluster.run(jobs, events.append)
    assert {e.repeat: e.kind for e in events if e.kind in {"done", "interrupted"}} == {
        0: "done",
        1: "interrupted",
    }
    assert list(jobs[0].folder.iterdir()) == []


def interrupting(events: list[Event]) -> Listener:
    """A listener that presses Ctrl-C when the first job has started."""

    def listen(event: Event) -> None:
        events.append(event)
        if event.kind == "started":
            os.kill(os.getpid(), signal.SIGINT)

    return listen


def test_ctrl_c_stops_what_has_started_and_cancels_what_waits(jobs: list[Job]) -> None:
    """The first job trains until it is asked to stop; of the other no event is reported."""

    def node(job: Job, files: JobFiles) -> Event | None:
        if job.repeat == 1:
            return None  # it waits for room
        if files.stop.exists():
            return job.event("interrupted")
        line = {"kind": "started", "content": Machine.here().plain(), "error": None}
        files.events.write_text(json.dumps(line) + "\n")
        return None

    cluster, events = FakeCluster(node), list[Event]()
    with pytest.raises(KeyboardInterrupt):
        cluster.run(jobs, interrupting(events))
    assert [(event.kind, event.repeat) for event in events] == [("started", 0), ("interrupted", 0)]
    assert cluster.cancelled == [1]


@pytest.mark.parametrize("lost", [False, True])
def test_a_job_that_does_not_end_after_ctrl_c_is_cancelled(jobs: list[Job], lost: bool) -> None:
    """Also when the cluster is lost meanwhile: what was saved before is there."""

    def node(job: Job, files: JobFiles) -> Event | None:
        if lost and files.stop.exists():
            raise RunError("The cluster was lost.")
        line = {"kind": "started", "content": Machine.here().plain(), "error": None}
        if not files.events.read_text():
            files.events.write_text(json.dumps(line) + "\n")
        return None

    cluster, events = FakeCluster(node), list[Event]()
    with pytest.raises(KeyboardInterrupt):
        cluster.run(jobs, interrupting(events))
    assert sorted(event.repeat for event in events if event.kind == "interrupted") == [0, 1]
    assert cluster.cancelled == [0, 1]


def test_a_warning_ends_no_job(jobs: list[Job]) -> None:
    """As of a job that is tried again on another node."""
    tried: list[int] = []

    def node(job: Job, files: JobFiles) -> Event:
        tried.append(job.repeat or 0)
        return job.event("warning", error="its node died") if tried.count(0) < 2 else trained(job, files)

    events: list[Event] = []
    FakeCluster(node).run(jobs[:1], events.append)
    assert [event.kind for event in events] == ["warning", "started", "epoch", "done"]


def test_a_machine_that_may_give_other_numbers_is_named_once(jobs: list[Job]) -> None:
    events: list[Event] = []

    def node(job: Job, files: JobFiles) -> Event:
        there = replace(Machine.here(), host="node-7", cpu="another")
        line = {"kind": "started", "content": there.plain(), "error": None}
        files.events.write_text(json.dumps(line) + "\n")
        return job.event("done", {})

    FakeCluster(node).run(jobs, events.append)
    (warning,) = [event.error for event in events if event.kind == "warning"]
    assert warning is not None and warning.startswith("on node-7 the processor is another (")


def test_a_line_that_is_still_being_written_waits(jobs: list[Job], tmp_path: Path) -> None:
    path = tmp_path / "0.events"
    assert read_events(jobs[1], path, 0) == ([], 0)
    lines = [json.dumps({"kind": "epoch", "content": {"epoch": n}, "error": None}) for n in (1, 2)]
    path.write_text(f"{lines[0]}\n{lines[1][:20]}")
    events, start = read_events(jobs[1], path, 0)
    assert [(event.content["epoch"], event.repeat) for event in events] == [(1, 1)]
    path.write_text(f"{lines[0]}\n{lines[1]}\n")
    events, start = read_events(jobs[1], path, start)
    assert [event.content["epoch"] for event in events] == [2]
    assert read_events(jobs[1], path, start) == ([], start)


def test_what_a_killed_command_left_is_a_leftover(jobs: list[Job]) -> None:
    files = JobFiles.of(jobs[0])
    files.stop.touch()
    assert len(list(jobs[0].folder.iterdir())) == 2
    remove_leftovers(jobs[0].folder)
    assert list(jobs[0].folder.iterdir()) == []
