"""The process that is connected to a Ray cluster for a command: a lost cluster ends this, and not the command.

Ray ends the process that is connected to it silently, with an exit code of its own, when the node of that process or
the cluster's head dies.
"""

import os
import sys
import traceback
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cnnlab.errors import CnnlabError, RunError
from cnnlab.executors.base import Event, Job
from cnnlab.executors.ray_connection import answers, connected
from cnnlab.executors.remote import JobFiles, serve
from cnnlab.executors.resources import Need
from cnnlab.executors.session import WorkerSession, silence

ATTEMPTS = 4  # of a job whose node or process dies
SECONDS_BETWEEN_LOOKS = 0.5
JOBS_PER_PROCESS = 20  # Keras leaks some 10 MiB a model
READY_AHEAD = 16  # tasks that Ray is given beyond those that run
REASONS = {
    "NodeDiedError": "its node died",
    "LocalRayletDiedError": "its node died",
    "WorkerCrashedError": "its process, or its node, died",
    "OutOfMemoryError": "its node ran out of memory, and Ray ended its process",
    "RuntimeEnvSetupError": "Ray could start no process for it",
}

_session = WorkerSession()  # of a process on a node: Ray starts one for each setup of jobs


@dataclass(frozen=True)
class RayTask:
    """A job as Ray executes it."""

    number: int  # by which the command knows it
    job: Job
    files: JobFiles
    attempt: int = 1


def serve_on_node(job: Job, files: JobFiles) -> Event:
    """What Ray calls on a node: returns the event that ends the job."""
    return serve(job, files, _session)


def drive(connection: Connection, address: str | None) -> None:
    """Join the cluster at `address`, and execute tasks until the command closes the connection.

    It receives ("join", needs), ("submit", tasks, most) and ("cancel", number). It sends ("joined", HOST:PORT, needs
    that no node has room for), ("news", number, event) and at its end ("failed", a CnnlabError or a traceback).
    """
    os.setsid()  # Ctrl-C is the command's affair
    sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115
    silence(Path(os.devnull))
    try:
        ray = connected(address)
        driver = Driver(ray, connection)
        with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the command has parted
            while True:
                driver.step()
        ray.shutdown()
    except Exception as error:
        with suppress(OSError):
            connection.send(("failed", error if isinstance(error, CnnlabError) else traceback.format_exc()))


class Driver:
    """Gives tasks to Ray, as many at a time as there is room for, and reports their ends."""

    def __init__(self, ray: Any, connection: Connection) -> None:
        self.ray, self.connection = ray, connection
        self.head = str(ray.get_runtime_context().gcs_address)
        self.most: int | None = None
        self.waiting: deque[RayTask] = deque()
        self.running: dict[Any, RayTask] = {}  # by the reference to their last event
        self.functions: dict[int, Any] = {}

    def step(self) -> None:
        """Do what the command asks for; submit what there is room for; wait some time for what ends."""
        while self.connection.poll(None if not self.running and not self.waiting else 0):
            kind, *content = self.connection.recv()
            getattr(self, kind)(*content)
        try:
            self._submit()
            if self.running:
                self._wait()
        except Exception as error:
            if is_loss(self.ray, self.head, error):
                raise RunError(f"The Ray cluster was lost ({type(error).__name__}).") from error
            raise

    def join(self, needs: Iterable[Need]) -> None:
        """Report which of the needs no node has room for."""
        nodes = self._nodes()
        without = [need for need in needs if not any(need.fits(resources) for resources in nodes)]
        self.connection.send(("joined", self.head, without))

    def submit(self, tasks: Iterable[RayTask], most: int | None) -> None:
        """Take tasks, of which up to `most` are given to Ray at a time; None: as many as it has room for."""
        self.waiting.extend(tasks)
        self.most = most

    def cancel(self, number: int) -> None:
        """Drop a task, which may have begun."""
        self.waiting = deque(task for task in self.waiting if task.number != number)
        for reference, task in list(self.running.items()):
            if task.number == number:
                self.ray.cancel(reference, force=True)
                del self.running[reference]

    def _submit(self) -> None:
        if not self.waiting:
            return
        most = self.most
        if most is None:
            need = self.waiting[0].job.need
            most = sum(need.times(resources) for resources in self._nodes()) + READY_AHEAD
        while self.waiting and len(self.running) < most:
            task = self.waiting.popleft()
            self.running[self._submitted(task)] = task

    def _submitted(self, task: RayTask) -> Any:
        """Give a task to Ray; returns the reference to the event that will end it."""
        job, need = task.job, task.job.need
        calls = 1 if need.gpus else JOBS_PER_PROCESS  # a process keeps the GPU that it had first
        if calls not in self.functions:
            self.functions[calls] = self.ray.remote(max_calls=calls, max_retries=0)(serve_on_node)
        function = self.functions[calls].options(
            num_cpus=need.cpus,
            num_gpus=need.gpus,
            memory=need.memory_bytes,
            # tasks that differ in it share no process
            runtime_env={"env_vars": {"CNNLAB_SETUP": repr(job.setup)}},
            name=f"repeat {job.repeat} of {job.folder.name}",
        )
        return function.remote(job, task.files)

    def _wait(self) -> None:
        references = list(self.running)
        self.ray.wait(references, timeout=SECONDS_BETWEEN_LOOKS, fetch_local=False)
        ended, _ = self.ray.wait(references, num_returns=len(references), timeout=0, fetch_local=False)
        for reference in ended:
            task = self.running.pop(reference)
            self.connection.send(("news", task.number, self._last_event(task, reference)))

    def _last_event(self, task: RayTask, reference: Any) -> Event:
        """The event that ends a task, or the warning that it is tried again."""
        try:
            event: Event = self.ray.get(reference)
        except self.ray.exceptions.RayTaskError as error:  # an error of ours, or of the node's installation
            text = f"{type(error.cause).__name__}: {error.cause}".splitlines()[0]
            return task.job.event("failed", error=text)
        except self.ray.exceptions.RayError as error:
            name = type(error).__name__
            return self._lost(task, REASONS.get(name, f"Ray lost it ({name})"))
        return event

    def _lost(self, task: RayTask, reason: str) -> Event:
        """Try again, from its last checkpoint, what a node or a process took along when it died."""
        if task.attempt >= ATTEMPTS:
            return task.job.event("failed", error=f"{reason}, {ATTEMPTS} times in all.")
        self.waiting.appendleft(replace(task, attempt=task.attempt + 1))
        text = f"repeat {task.job.repeat}: {reason}; it is resumed elsewhere, from its last checkpoint."
        return task.job.event("warning", error=text)

    def _nodes(self) -> list[dict[str, float]]:
        """The resources of each node that is alive."""
        return [node["Resources"] for node in self.ray.nodes() if node["Alive"]]


def is_loss(ray: Any, head: str, error: Exception) -> bool:
    """Whether `error` came of a lost cluster: of Ray's own kinds, a socket that is gone, or while no head answers."""
    if isinstance(error, ray.exceptions.RayError) or (isinstance(error, OSError) and error.errno is None):
        return True
    return not answers(head)
