"""Repeats as tasks of a Ray cluster (https://docs.ray.io): on one machine, or on many that share the run folders."""

import atexit
import contextlib
import multiprocessing
import time
from collections.abc import Sequence
from typing import Any, final

from cnnlab.errors import CnnlabError, ConfigError, RunError
from cnnlab.executors.base import Event, Job, Listener
from cnnlab.executors.processes import without_main
from cnnlab.executors.ray_connection import answers, is_own, require_usable
from cnnlab.executors.ray_driver import RayTask, drive
from cnnlab.executors.remote import JobFiles, RemoteExecutor
from cnnlab.executors.resources import Need

SECONDS_BETWEEN_LOOKS = 1.0  # at the head
SECONDS_OF_SILENCE = 10.0  # of the head, after which the cluster is lost: after 60 Ray would end the driver
SECONDS_TO_LEAVE = 15.0


@final
class RayExecutor(RemoteExecutor):
    """Tasks of the cluster at an address; without one, of a Ray that is started on this machine alone."""

    def __init__(self, address: str | None = None, jobs: int | None = None) -> None:
        """Run up to `jobs` jobs side by side; None: as many as the cluster has room for.

        Raises ConfigError where the address is none that can be used.
        """
        require_usable(address)
        self.address, self.jobs = address, jobs
        self._driver: _Driver

    def run(self, jobs: Sequence[Job], listen: Listener) -> None:
        """Run all jobs; see `Executor`. Raises RunError when the cluster is lost."""
        self._driver = _driver(self.address)
        self.connections = [self._driver.connection]
        try:
            for need in self._driver.join({job.need for job in jobs}):
                text = f"no node has room for {need} (resources of the config)"
                if is_own(self.address):
                    raise ConfigError(f"{text}, and this machine is the only one.")
                listen(Event("warning", error=f"{text}: waiting for one that has."))
            super().run(jobs, listen)
        except BaseException:
            self._driver.kill()  # with all that it has under way
            raise

    def submit(self, tasks: Sequence[tuple[Job, JobFiles]]) -> None:
        numbered = [RayTask(number, job, files) for number, (job, files) in enumerate(tasks)]
        self._driver.send("submit", numbered, self.jobs)

    def news(self) -> list[tuple[int, Event]]:
        found = []
        while (message := self._driver.received(0)) is not None:
            _, number, event = message
            found.append((number, event))
        return found

    def cancel(self, number: int) -> None:
        self._driver.send("cancel", number)


class _Driver:
    """The process that is connected to a cluster (see `drive`), as the command sees it."""

    def __init__(self, address: str | None) -> None:
        """Start it; it joins the cluster with `join`."""
        context = multiprocessing.get_context("spawn")
        self.address = address
        self.head: str | None = None  # HOST:PORT, once it has joined
        self.looked = 0.0  # at the head
        self.failing_since: float | None = None
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=drive, args=(theirs, address), daemon=True, name="ray driver")
        with without_main():
            self.process.start()
        theirs.close()

    def join(self, needs: set[Need]) -> list[Need]:
        """Wait until it has joined; returns the needs that no node has room for. Raises ConfigError when it cannot."""
        self.send("join", list(needs))
        while (message := self.received(SECONDS_BETWEEN_LOOKS)) is None:
            pass
        _, self.head, without = message
        return list(without)

    def send(self, *message: Any) -> None:
        with contextlib.suppress(OSError):  # that it has ended shows in `received`
            self.connection.send(message)

    def received(self, seconds: float) -> Any:
        """What it sends next; None when that takes longer. Raises what it failed with, RunError for a lost cluster."""
        try:
            message = self.connection.recv() if self.connection.poll(seconds) else None
        except (EOFError, ConnectionResetError):
            message = (
                "failed",
                RunError("The Ray cluster was lost: its head, or the node of this command, has died."),
            )
        if message is None and self._is_silent():
            raise RunError("The Ray cluster was lost: its head has died.")
        if message is not None and message[0] == "failed":
            if isinstance(message[1], CnnlabError):
                raise message[1]
            raise RuntimeError(f"the process that runs jobs on Ray failed:\n{message[1]}")
        return message

    def _is_silent(self) -> bool:
        """Whether the head has not answered for so long that it is gone."""
        if time.monotonic() - self.looked < SECONDS_BETWEEN_LOOKS:
            return False
        self.looked = time.monotonic()
        if self.head is None or answers(self.head):
            self.failing_since = None
            return False
        self.failing_since = self.failing_since or time.monotonic()
        return time.monotonic() - self.failing_since > SECONDS_OF_SILENCE

    def leave(self) -> None:
        """Let it part from the cluster, and end."""
        self.connection.close()
        self.process.join(SECONDS_TO_LEAVE)
        self.kill()

    def kill(self) -> None:
        """End it at once; Ray ends what it has under way."""
        if self.process.is_alive():
            self.process.kill()
        self.process.join()


_drivers: list[_Driver] = []  # the one of this process, if there is one


def _driver(address: str | None) -> _Driver:
    """The driver of this process, started where there is none for that address."""
    if not _drivers:
        atexit.register(leave)
    if not _drivers or _drivers[0].address != address or not _drivers[0].process.is_alive():
        leave()
        _drivers.append(_Driver(address))
    return _drivers[0]


def leave() -> None:
    """Part from the cluster, if this process has joined one."""
    while _drivers:
        _drivers.pop().leave()
