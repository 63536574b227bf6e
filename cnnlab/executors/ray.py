"""Repeats as tasks of a Ray cluster (https://docs.ray.io): on one machine, or on many."""

import select
import time
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from cnnlab.errors import ConfigError, RunError
from cnnlab.executors.base import Event, Job, Listener
from cnnlab.executors.extra import require_extra
from cnnlab.executors.files import proof_of_sharing
from cnnlab.executors.home import MOST_CALLS, Home
from cnnlab.executors.ray_connection import connected, is_own, require_usable
from cnnlab.executors.ray_task import Luggage, OnEachNode, serve
from cnnlab.executors.resources import Need
from cnnlab.executors.surroundings import differences, surroundings
from cnnlab.training.interrupts import noted_interrupts

ATTEMPTS = 4  # of a job whose node or process dies
SECONDS_TO_STOP = 15.0
SECONDS_BETWEEN_LOOKS = 1.0
JOBS_PER_PROCESS = 20  # Keras leaks some 10 MiB a model
READY_AHEAD = 16  # tasks that Ray is given beyond those that run


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
        self.here = surroundings()
        self._keys: dict[str, str] = {}  # what a config asks for, its split included: which data these are
        self._data: dict[str, Any] = {}
        self._tasks: dict[int, Any] = {}

    def run(self, jobs: Sequence[Job], listen: Listener) -> None:
        """Run all jobs; see `Executor`."""
        ray = connected(self.address)
        with ExitStack() as stack:
            folders = {job.folder for job in jobs if job.repeat is not None}
            proofs = {folder: stack.enter_context(proof_of_sharing(folder)) for folder in sorted(folders)}
            for need in {Need.of(job.config) for job in jobs}:
                self._require_room(ray, need, listen)
            batch = _Batch(ray, self, jobs, proofs, listen)
            with noted_interrupts() as interrupted:
                batch.run(interrupted)

    def _require_room(self, ray: Any, need: Need, listen: Listener) -> None:
        """Refuse, on a Ray of this machine, what it has no room for; warn, on a cluster, which may yet grow."""
        if not any(need.fits(resources) for resources in _nodes(ray)):
            text = f"no node has room for {need} (resources of the config)"
            if is_own(self.address):
                raise ConfigError(f"{text}, and this machine is the only one.")
            listen(Event("warning", error=f"{text}: waiting for one that has."))

    def slots(self, ray: Any, need: Need) -> int:
        """How many jobs with that need are given to Ray at a time."""
        if self.jobs is not None:
            return self.jobs
        return sum(need.times(resources) for resources in _nodes(ray)) + READY_AHEAD

    def submitted(self, ray: Any, job: Job, luggage: Luggage) -> Any:
        """Give a job to Ray, and return the reference to the event that will end it."""
        need = Need.of(job.config)
        calls = 1 if need.gpus else JOBS_PER_PROCESS  # a process keeps the GPU that it had first
        if calls not in self._tasks:
            self._tasks[calls] = ray.remote(max_calls=calls, max_retries=0)(serve)
        variables = {"CNNLAB_SETUP": job.setup, "CNNLAB_CHOSEN_BACKEND": job.config["training"]["backend"]}
        task = self._tasks[calls].options(
            num_cpus=need.cpus,
            num_gpus=need.gpus,
            memory=need.memory_bytes,
            runtime_env={"env_vars": variables},
            name="trying out" if job.repeat is None else f"repeat {job.repeat} of {job.folder.name}",
        )
        return task.remote(job, luggage, self._stored(ray, job))

    def _stored(self, ray: Any, job: Job) -> Any:
        """The job's data in Ray's object store, which brings them to each node once."""
        from cnnlab.config.load import check, document_of
        from cnnlab.training.prepare import load_data

        asked = repr((job.config["data"], job.data_dir))
        if asked not in self._keys:
            config = check(document_of(job.config, job.folder / "config.yaml"))
            self._keys[asked] = repr((config.data.dataset, job.data_dir))
            if self._keys[asked] not in self._data:
                data = load_data(config, job.data_dir)
                self._data[self._keys[asked]] = ray.put(
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
        self,
        ray: Any,
        executor: RayExecutor,
        jobs: Sequence[Job],
        proofs: dict[Path, str],
        listen: Listener,
    ) -> None:
        self.ray, self.executor, self.proofs, self.listen = ray, executor, proofs, listen
        self.waiting = deque(_Attempt(job) for job in jobs)
        self.under_way: dict[Any, _Attempt] = {}
        self.warned: set[str] = set()
        self.home = _home(ray)
        self.said = self.home.take.remote(SECONDS_BETWEEN_LOOKS)

    def run(self, interrupted: int) -> None:
        try:
            while self.waiting or self.under_way:
                self._submit()
                self._wait()
                if select.select([interrupted], [], [], 0)[0]:
                    raise KeyboardInterrupt
        except KeyboardInterrupt:
            self._stop()
            raise
        except (
            self.ray.exceptions.RayError
        ) as error:  # of its own: those of jobs are dealt with where they end
            raise RunError(f"The Ray cluster was lost ({type(error).__name__}).") from error
        finally:
            with suppress(self.ray.exceptions.RayError):
                self.ray.kill(self.home)

    def _submit(self) -> None:
        if not self.waiting:
            return
        need = Need.of(self.waiting[0].job.config)
        room = self.executor.slots(self.ray, need) - len(self.under_way)
        while self.waiting and room > 0:
            attempt, room = self.waiting.popleft(), room - 1
            job = attempt.job
            files = {name: Path(name).read_bytes() for name in job.config["extensions"]}
            luggage = Luggage(self.home, self.proofs.get(job.folder), files)
            self.under_way[self.executor.submitted(self.ray, job, luggage)] = attempt

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
        text = differences(event.content, self.executor.here)
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


def _nodes(ray: Any) -> list[dict[str, float]]:
    """The resources of each node that is alive."""
    return [node["Resources"] for node in ray.nodes() if node["Alive"]]


def _home(ray: Any) -> Any:
    """Start the actor `Home` on the node of this process."""
    strategy = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(
        ray.get_runtime_context().get_node_id(), soft=False
    )
    actor = ray.remote(num_cpus=0, max_concurrency=MOST_CALLS)(Home)
    return actor.options(scheduling_strategy=strategy).remote()


def _reason(error: Exception) -> str:
    kinds = {
        "NodeDiedError": "its node died",
        "LocalRayletDiedError": "its node died",
        "WorkerCrashedError": "its process, or its node, died",
        "OutOfMemoryError": "its node ran out of memory, and Ray ended its process",
        "RuntimeEnvSetupError": "Ray could start no process for it",
    }
    return kinds.get(type(error).__name__, f"Ray lost it ({type(error).__name__})")
