"""The process that is a part of the Ray cluster for a command: what a lost cluster ends, is this and not the command.

Ray ends the process that is connected to it without a word, and with an exit code of its own, when the node of that
process or the cluster's head dies.
"""

import os
import sys
import time
import traceback
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cnnlab.errors import CnnlabError, ConfigError, RunError
from cnnlab.executors.base import Event, Job, Listener
from cnnlab.executors.home import MOST_CALLS, Home
from cnnlab.executors.ray_connection import answers, connected, is_own
from cnnlab.executors.ray_task import Luggage, OnEachNode, serve
from cnnlab.executors.resources import Need
from cnnlab.executors.session import silence
from cnnlab.executors.surroundings import differences, surroundings

ATTEMPTS = 4  # of a job whose node or process dies
SECONDS_TO_STOP = 15.0
SECONDS_BETWEEN_LOOKS = 1.0
JOBS_PER_PROCESS = 20  # Keras leaks some 10 MiB a model
READY_AHEAD = 16  # tasks that Ray is given beyond those that run


def drive(connection: Connection, address: str | None) -> None:
    """Join the cluster at `address`, and serve runs until the command says no more, or is gone.

    It hears ("run", jobs, proofs, most), ("stop", folder, repeat) and ("interrupt",), and says ("joined", HOST:PORT),
    ("event", event), and of each run's end ("ended", error): None, a CnnlabError, KeyboardInterrupt, or a traceback.
    """
    os.setsid()  # Ctrl-C is the command's affair, and reaches the nodes through it
    sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115
    silence(Path(os.devnull))
    driver = Driver(connection, address)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            kind, *content = connection.recv()
            if kind == "run":
                connection.send(("ended", driver.run(*content)))
    driver.leave()


class Driver:
    """Runs batches of jobs on one cluster, and keeps what they share: tasks, and data in the object store."""

    def __init__(self, connection: Connection, address: str | None) -> None:
        """Nothing is joined before the first run."""
        self.connection, self.address = connection, address
        self.here = surroundings()
        self._ray: Any = None
        self._head = ""  # its HOST:PORT
        self._keys: dict[str, str] = {}  # what a config asks for, its split included: which data these are
        self._data: dict[str, Any] = {}
        self._tasks: dict[int, Any] = {}

    def run(self, jobs: Sequence[Job], proofs: Mapping[Path, str], most: int | None) -> Any:
        """Run jobs, up to `most` side by side; returns how that ended, as `drive` says it."""
        try:
            if self._ray is None:
                self._ray = connected(self.address)
                self._head = self._ray.get_runtime_context().gcs_address
                self.connection.send(("joined", self._head))
            self._forget({_asked(job) for job in jobs})
            for need in {Need.of(job.config) for job in jobs}:
                self._require_room(need)
            _Batch(self._ray, self, jobs, proofs, most).run()
        except KeyboardInterrupt as error:
            return error
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise
        except CnnlabError as error:
            return error
        except Exception as error:
            if self._ray is not None and is_loss(self._ray, self._head, error):
                return RunError(f"The Ray cluster was lost ({type(error).__name__}).")
            return traceback.format_exc()
        return None

    def _forget(self, asked: set[str]) -> None:
        """Let go of data that earlier runs have asked for, but this one does not."""
        self._keys = {name: key for name, key in self._keys.items() if name in asked}
        self._data = {key: data for key, data in self._data.items() if key in self._keys.values()}

    def tell(self, event: Event) -> None:
        """Let the command hear an event."""
        self.connection.send(("event", event))

    def leave(self) -> None:
        """Part from the cluster; a Ray of this command alone ends."""
        if self._ray is not None:
            self._ray.shutdown()

    def _require_room(self, need: Need) -> None:
        """Refuse, on a Ray of this machine, what it has no room for; warn, on a cluster, which may yet grow."""
        if not any(need.fits(resources) for resources in nodes(self._ray)):
            text = f"no node has room for {need} (resources of the config)"
            if is_own(self.address):
                raise ConfigError(f"{text}, and this machine is the only one.")
            self.tell(Event("warning", error=f"{text}: waiting for one that has."))

    def submitted(self, job: Job, luggage: Luggage) -> Any:
        """Give a job to Ray, and return the reference to the event that will end it."""
        need = Need.of(job.config)
        calls = 1 if need.gpus else JOBS_PER_PROCESS  # a process keeps the GPU that it had first
        if calls not in self._tasks:
            self._tasks[calls] = self._ray.remote(max_calls=calls, max_retries=0)(serve)
        variables = {"CNNLAB_SETUP": job.setup, "CNNLAB_CHOSEN_BACKEND": job.config["training"]["backend"]}
        task = self._tasks[calls].options(
            num_cpus=need.cpus,
            num_gpus=need.gpus,
            memory=need.memory_bytes,
            runtime_env={"env_vars": variables},
            name="trying out" if job.repeat is None else f"repeat {job.repeat} of {job.folder.name}",
        )
        return task.remote(job, luggage, self._stored(job))

    def _stored(self, job: Job) -> Any:
        """The job's data in Ray's object store, which brings them to each node once."""
        from cnnlab.config.load import check, document_of
        from cnnlab.training.prepare import load_data

        asked = _asked(job)
        if asked not in self._keys:
            config = check(document_of(job.config, job.folder / "config.yaml"))
            self._keys[asked] = repr((config.data.dataset, job.data_dir))
            if self._keys[asked] not in self._data:
                data = load_data(config, job.data_dir)
                self._data[self._keys[asked]] = self._ray.put(
                    data if data.in_memory else OnEachNode(data.outline())
                )
        return self._data[self._keys[asked]]


@dataclass
class _Attempt:
    job: Job
    number: int = 1
    started: bool = False


class _Batch:
    """Jobs on their way through a cluster."""

    def __init__(
        self, ray: Any, driver: Driver, jobs: Sequence[Job], proofs: Mapping[Path, str], most: int | None
    ) -> None:
        self.ray, self.driver, self.proofs, self.most = ray, driver, proofs, most
        self.listen: Listener = driver.tell
        self.waiting = deque(_Attempt(job) for job in jobs)
        self.under_way: dict[Any, _Attempt] = {}
        self.warned: set[str] = set()
        self.home = _home(ray)
        self.said = self.home.take.remote(SECONDS_BETWEEN_LOOKS)

    def run(self) -> None:
        try:
            while self.waiting or self.under_way:
                self._submit()
                self._wait()
                self._heed()
        except KeyboardInterrupt:
            self._stop()
            raise
        finally:
            with suppress(Exception):  # where the cluster is lost, so is the actor
                self.ray.kill(self.home)

    def _heed(self) -> None:
        """Do what the command has said meanwhile."""
        while self.driver.connection.poll():
            kind, *content = self.driver.connection.recv()
            if kind == "stop":
                self.home.stop_one.remote(*content)
            elif kind == "interrupt":
                raise KeyboardInterrupt

    def _submit(self) -> None:
        if not self.waiting:
            return
        need = Need.of(self.waiting[0].job.config)
        room = self._slots(need) - len(self.under_way)
        while self.waiting and room > 0:
            attempt, room = self.waiting.popleft(), room - 1
            job = attempt.job
            files = {name: Path(name).read_bytes() for name in job.config["extensions"]}
            luggage = Luggage(self.home, self.proofs.get(job.folder), files)
            self.under_way[self.driver.submitted(job, luggage)] = attempt

    def _slots(self, need: Need) -> int:
        """How many jobs with that need are given to Ray at a time."""
        if self.most is not None:
            return self.most
        return sum(need.times(resources) for resources in nodes(self.ray)) + READY_AHEAD

    def _wait(self) -> None:
        """Wait for news, and pass them on."""
        references = [self.said, *self.under_way]
        self.ray.wait(references, timeout=SECONDS_BETWEEN_LOOKS, fetch_local=False)
        ready, _ = self.ray.wait(references, num_returns=len(references), timeout=0, fetch_local=False)
        ended = [reference for reference in ready if reference in self.under_way]
        if ended or self.said in ready:
            self._hear_all()
        for reference in ended:
            self._end(reference)

    def _hear_all(self) -> None:
        self.home.wake.remote()
        events = self.ray.get(self.said)
        self.said = self.home.take.remote(SECONDS_BETWEEN_LOOKS)
        running = {(attempt.job.folder, attempt.job.repeat): attempt for attempt in self.under_way.values()}
        for event in events:
            attempt = running.get((event.folder, event.repeat))
            if event.kind == "started" and attempt is not None:
                attempt.started = True
                self._compare(event)
            self.listen(event)

    def _compare(self, event: Event) -> None:
        """Warn, once, of a machine that may give other numbers."""
        text = differences(event.content, self.driver.here)
        if text is not None and text not in self.warned:
            self.warned.add(text)
            self.listen(Event("warning", event.repeat, error=text, folder=event.folder))

    def _end(self, reference: Any) -> None:
        attempt = self.under_way.pop(reference)
        job = attempt.job
        try:
            self.listen(self.ray.get(reference))
        except self.ray.exceptions.TaskCancelledError:
            if attempt.started:
                self.listen(job.said(Event("interrupted", job.repeat)))
        except self.ray.exceptions.RayTaskError as error:  # an error of ours, or of the node's installation
            text = f"{type(error.cause).__name__}: {error.cause}".splitlines()[0]
            self.listen(job.said(Event("failed", job.repeat, error=text)))
        except self.ray.exceptions.RayError as error:
            self._lost(attempt, error)

    def _lost(self, attempt: _Attempt, error: Exception) -> None:
        """Try again, from its last checkpoint, what a node or a process took along when it died."""
        job, reason = attempt.job, _reason(error)
        if attempt.number >= ATTEMPTS:
            text = f"{reason}, {ATTEMPTS} times in all."
            self.listen(job.said(Event("failed", job.repeat, error=text)))
            return
        name = "the trial" if job.repeat is None else f"repeat {job.repeat}"
        text = f"{name}: {reason}; it goes on elsewhere, from its last checkpoint."
        self.listen(job.said(Event("warning", job.repeat, error=text)))
        self.waiting.appendleft(_Attempt(job, attempt.number + 1))

    def _stop(self) -> None:
        """Let the tasks save their state; cancel those that wait, and those that take too long."""
        for reference, attempt in self.under_way.items():
            if not attempt.started:
                self.ray.cancel(reference)
        self.home.stop.remote()
        deadline = time.monotonic() + SECONDS_TO_STOP
        while self.under_way and time.monotonic() < deadline:
            self._wait()
            self.waiting.clear()
        for reference, attempt in self.under_way.items():
            self.ray.cancel(reference, force=True)
            if attempt.started:
                self.listen(attempt.job.said(Event("interrupted", attempt.job.repeat)))


def is_loss(ray: Any, head: str, error: Exception) -> bool:
    """Whether `error` came of a lost cluster: of Ray's own kinds, a socket that is gone, or while no head answers."""
    if isinstance(error, ray.exceptions.RayError) or (isinstance(error, OSError) and error.errno is None):
        return True
    return not answers(head)


def nodes(ray: Any) -> list[dict[str, float]]:
    """The resources of each node that is alive."""
    return [node["Resources"] for node in ray.nodes() if node["Alive"]]


def _home(ray: Any) -> Any:
    """Start the actor `Home` on the node of this process."""
    strategy = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(
        ray.get_runtime_context().get_node_id(), soft=False
    )
    actor = ray.remote(num_cpus=0, max_concurrency=MOST_CALLS)(Home)
    return actor.options(scheduling_strategy=strategy).remote()


def _asked(job: Job) -> str:
    """What a job asks for of data, its split included."""
    return repr((job.config["data"], job.data_dir))


def _reason(error: Exception) -> str:
    kinds = {
        "NodeDiedError": "its node died",
        "LocalRayletDiedError": "its node died",
        "WorkerCrashedError": "its process, or its node, died",
        "OutOfMemoryError": "its node ran out of memory, and Ray ended its process",
        "RuntimeEnvSetupError": "Ray could start no process for it",
    }
    return kinds.get(type(error).__name__, f"Ray lost it ({type(error).__name__})")
