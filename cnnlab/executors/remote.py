"""Jobs on other machines, which share the runs directory with this one: what Ray and SLURM have in common.

For each job the command makes a file in the run's folder. The node appends its events to it, a line of JSON each, and
saves its state and ends when there is another file beside it.
"""

import contextlib
import json
import os
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from cnnlab.errors import RunError
from cnnlab.executors.base import UNDER_WAY, Event, Job, Listener
from cnnlab.executors.interrupts import noted_interrupts
from cnnlab.executors.local import LocalExecutor
from cnnlab.executors.machine import Machine
from cnnlab.executors.session import WorkerSession, silence
from cnnlab.files import append_text, to_json_text
from cnnlab.runs.process import host_name
from cnnlab.training.rules import Stopped

SECONDS_BETWEEN_LOOKS = 1.0  # of the command at the events
SECONDS_BETWEEN_CHECKS = 0.5  # of a node for the request to stop
SECONDS_TO_STOP = 30.0


@dataclass(frozen=True)
class JobFiles:
    """The two files between a command and the node that does a job; `remove_leftovers` knows their names."""

    folder: Path  # of the run
    token: str

    @classmethod
    def of(cls, job: Job) -> "JobFiles":
        """Those of a job, with names that no other has. Raises RunError when the disk refuses."""
        files = cls(job.folder, f"{job.repeat}.{secrets.token_hex(4)}")
        append_text(files.events, "")
        return files

    @property
    def events(self) -> Path:
        """What the node reports; made by the command, so that a node which does not find it sees another folder."""
        return self.folder / f".events-{self.token}.tmp"

    @property
    def stop(self) -> Path:
        """Is there when the node is to stop."""
        return self.folder / f".stop-{self.token}.tmp"

    def remove(self) -> None:
        for path in (self.events, self.stop):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def serve(job: Job, files: JobFiles, session: WorkerSession) -> Event:
    """Do a job on a node, and return the event that ends it; what happens until then goes into its file."""
    if not files.events.exists():
        text = f"{host_name()} does not see the run folder {job.folder}: the nodes must share the runs directory."
        return job.event("failed", error=text)
    checked = 0.0

    def check() -> None:
        nonlocal checked
        if time.monotonic() - checked > SECONDS_BETWEEN_CHECKS:
            checked = time.monotonic()
            if files.stop.exists():
                raise Stopped

    with files.events.open("a", encoding="utf-8") as file:

        def report(event: Event) -> None:
            content = Machine.here().plain() if event.kind == "started" else event.content
            file.write(to_json_text({"kind": event.kind, "content": content, "error": event.error}) + "\n")
            file.flush()

        try:
            return session.serve(job, report, check)
        finally:
            silence(Path(os.devnull))  # what the process prints between jobs belongs into no log of theirs


def read_events(job: Job, path: Path, start: int) -> tuple[list[Event], int]:
    """The events in a file from the byte `start` on, and where the next one will begin; an unfinished line waits."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            whole, newline, _ = file.read().rpartition(b"\n")
    except FileNotFoundError:
        return [], start
    events = [job.event(**json.loads(line)) for line in whole.splitlines()]
    return events, start + len(whole) + len(newline)


class RemoteExecutor(ABC):
    """An executor whose jobs are done on nodes of a cluster; jobs go by their position in a list."""

    connections: Sequence[Connection] = ()
    """One of them can be read when there are news; where there is none, news are asked for now and then."""

    _running: "_RemoteJobs | None" = None

    def run(self, jobs: Sequence[Job], listen: Listener) -> None:
        """Run all jobs; see `Executor`. A network is tried out here, on the CPU: nobody should queue for that."""
        LocalExecutor(1).run([_on_the_cpu(job) for job in jobs if job.repeat is None], listen)
        training = [job for job in jobs if job.repeat is not None]
        if training:
            self._running = _RemoteJobs(self, training, listen)
            self._running.run()

    def stop(self, folder: Path, repeat: int) -> None:
        if self._running is not None:
            self._running.stop(folder, repeat)

    @abstractmethod
    def submit(self, tasks: Sequence[tuple[Job, JobFiles]]) -> None:
        """Hand all jobs to the cluster."""

    @abstractmethod
    def news(self) -> list[tuple[int, Event]]:
        """New warnings, and the events that ended jobs. Raises RunError when the cluster is lost."""

    @abstractmethod
    def cancel(self, number: int) -> None:
        """Drop a job that waits; end one that runs at once."""


def _on_the_cpu(job: Job) -> Job:
    config = job.config.unpacked().with_training(device="cpu")
    return Job.of(config, job.repeat, job.folder, job.data_dir)


class _RemoteJobs:
    """Jobs that each have a run folder, followed until all have ended."""

    def __init__(self, executor: RemoteExecutor, jobs: Sequence[Job], listen: Listener) -> None:
        self.executor, self.jobs, self.listen = executor, list(jobs), listen
        self.files = [JobFiles.of(job) for job in jobs]
        self.read = [0] * len(jobs)  # bytes
        self.unfinished = set(range(len(jobs)))
        self.started: set[int] = set()
        self.warned: set[str] = set()

    def run(self) -> None:
        """Submit all, and pass on their events; see `Executor.run`."""
        with noted_interrupts() as interrupted:
            try:
                self.executor.submit(list(zip(self.jobs, self.files, strict=True)))
                while self._look():
                    if interrupted in wait([interrupted, *self.executor.connections], SECONDS_BETWEEN_LOOKS):
                        raise KeyboardInterrupt
            except KeyboardInterrupt:
                self._stop_all()
                raise
            finally:
                for files in self.files:
                    files.remove()

    def stop(self, folder: Path, repeat: int) -> None:
        """Let one job save its state and end."""
        for number in self.unfinished:
            if (self.jobs[number].folder, self.jobs[number].repeat) == (folder, repeat):
                self._request_stop(number)

    def _look(self) -> bool:
        """Pass on what is new; whether any job is still under way."""
        news = self.executor.news()  # before the files, so that nothing written before an end is missed
        for number in sorted(self.unfinished):
            job = self.jobs[number]
            events, self.read[number] = read_events(job, self.files[number].events, self.read[number])
            for event in events:
                if event.kind == "started":
                    self.started.add(number)
                    self._compare(job, Machine.from_plain(event.content))
                self.listen(event)
        for number, event in news:
            if event.kind not in UNDER_WAY:
                self.unfinished.discard(number)
            self.listen(event)
        return bool(self.unfinished)

    def _compare(self, job: Job, there: Machine) -> None:
        """Warn, once, of a machine that may give other numbers."""
        text = there.differences(Machine.here())
        if text is not None and text not in self.warned:
            self.warned.add(text)
            self.listen(job.event("warning", error=text))

    def _request_stop(self, number: int) -> None:
        with contextlib.suppress(OSError):
            self.files[number].stop.touch()

    def _stop_all(self) -> None:
        """Let the jobs save their state; cancel those that wait, and those that take too long."""
        for number in list(self.unfinished):
            if number in self.started:
                self._request_stop(number)
            else:
                self.executor.cancel(number)
                self.unfinished.discard(number)
        deadline = time.monotonic() + SECONDS_TO_STOP
        with contextlib.suppress(RunError):  # the cluster is lost: what was saved is there
            while self._look() and time.monotonic() < deadline:
                time.sleep(SECONDS_BETWEEN_LOOKS / 4)
        for number in self.unfinished:
            self.executor.cancel(number)
            self.listen(self.jobs[number].event("interrupted"))
