"""Repeats as tasks of a Ray cluster (https://docs.ray.io): on one machine, or on many."""

import atexit
import contextlib
import multiprocessing
import time
from collections.abc import Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, final

from cnnlab.errors import RunError
from cnnlab.executors.base import UNDER_WAY, Event, Job, Listener
from cnnlab.executors.extra import require_extra
from cnnlab.executors.files import proof_of_sharing
from cnnlab.executors.interrupts import noted_interrupts
from cnnlab.executors.processes import without_main
from cnnlab.executors.ray_connection import answers, require_usable
from cnnlab.executors.ray_driver import SECONDS_TO_STOP, drive

SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_OF_SILENCE = 10.0  # of the head, after which the cluster is lost: after 60 Ray would end the driver
SECONDS_TO_LEAVE = 15.0
SECONDS_WITHOUT_WORK = 3.0  # that an interrupt leaves a driver which has nothing to save


@final
class RayExecutor:
    """Tasks of the cluster at an address; without one, of a Ray that is started on this machine alone."""

    def __init__(self, address: str | None = None, jobs: int | None = None) -> None:
        """Run up to `jobs` jobs side by side; None: as many as the cluster has room for.

        Raises ConfigError where Ray is not installed, or the address is none that can be used.
        """
        require_extra("ray", "ray")
        require_usable(address)
        self.address, self.jobs = address, jobs

    def run(self, jobs: Sequence[Job], listen: Listener) -> None:
        """Run all jobs; see `Executor`. Raises RunError when the cluster is lost."""
        driver = _driver(self.address)
        with ExitStack() as stack:
            folders = {job.folder for job in jobs if job.repeat is not None}
            proofs = {folder: stack.enter_context(proof_of_sharing(folder)) for folder in sorted(folders)}
            interrupted = stack.enter_context(noted_interrupts())
            try:
                driver.run(jobs, proofs, self.jobs, listen, interrupted)
            except BaseException:
                if not driver.idle:
                    driver.kill()  # with all that it has under way
                raise

    def stop(self, folder: Path, repeat: int) -> None:
        """End a job that runs; see `Executor`."""
        _driver(self.address).send("stop", folder, repeat)


class _Driver:
    """The process that is connected to a cluster (see `drive`), as the command sees it."""

    def __init__(self, address: str | None) -> None:
        """Start it; it joins the cluster with its first run."""
        context = multiprocessing.get_context("spawn")
        self.address = address
        self.head: str | None = None  # HOST:PORT, once it has joined
        self.idle = True
        self.looked = 0.0  # at the head
        self.failing_since: float | None = None
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=drive, args=(theirs, address), daemon=True, name="ray driver")
        with without_main():
            self.process.start()
        theirs.close()

    def send(self, *message: Any) -> None:
        """Say something to it; that it has ended shows when it is listened to."""
        with contextlib.suppress(OSError):
            self.connection.send(message)

    def run(
        self, jobs: Sequence[Job], proofs: Any, most: int | None, listen: Listener, interrupted: Connection
    ) -> None:
        """Let it run jobs, and pass on their events. Raises what that ends with, RunError where the cluster is lost."""
        self.idle = False
        self.send("run", list(jobs), proofs, most)
        running: dict[tuple[Any, Any], Event] = {}
        deadline: float | None = None  # from an interrupt on
        while True:
            ours: list[Any] = [self.connection] if deadline is not None else [self.connection, interrupted]
            ready = wait(ours, SECONDS_BETWEEN_LOOKS)
            if interrupted in ready:
                saving = SECONDS_TO_STOP + SECONDS_OF_SILENCE
                deadline = time.monotonic() + (saving if running else SECONDS_WITHOUT_WORK)
                self.send("interrupt")
            kind: str = "nothing"
            content: Any = None
            if self.connection in ready:
                kind, content = self._heard()
            self.idle = kind == "ended" and not isinstance(content, RunError)  # that of a lost cluster
            if kind == "joined":
                self.head = content
            elif kind == "event":
                _keep_account(running, content)
                listen(content)
            lost = kind == "lost" or self._silent()
            if deadline is not None and (lost or time.monotonic() > deadline):
                kind, content = "ended", KeyboardInterrupt()
                for event in running.values():  # what they had saved before, is there
                    listen(Event("interrupted", event.repeat, folder=event.folder))
            elif lost:
                raise RunError("The Ray cluster was lost: its head, or the node of this command, has died.")
            if kind == "ended" and isinstance(content, str):
                raise RuntimeError(f"the process that runs jobs on Ray failed:\n{content}")
            if kind == "ended" and content is not None:
                raise content
            if kind == "ended":
                return

    def _heard(self) -> tuple[str, Any]:
        """What it says: "lost" when it has ended without a word."""
        try:
            kind, content = self.connection.recv()
        except (EOFError, ConnectionResetError):
            return "lost", None
        return str(kind), content

    def _silent(self) -> bool:
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
        atexit.register(part)
    if not _drivers or _drivers[0].address != address or not _drivers[0].process.is_alive():
        part()
        _drivers.append(_Driver(address))
    return _drivers[0]


def part() -> None:
    """Part from the cluster, if this process has joined one."""
    while _drivers:
        _drivers.pop().leave()


def _keep_account(running: dict[tuple[Any, Any], Event], event: Event) -> None:
    """Note which jobs have begun and not ended."""
    key = event.folder, event.repeat
    if event.kind == "started":
        running[key] = event
    elif event.kind not in UNDER_WAY:
        running.pop(key, None)
