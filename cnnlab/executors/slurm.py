"""Repeats as the tasks of a SLURM array job, through submitit (https://github.com/facebookincubator/submitit).

The nodes must see the run folder. What a task tells, and the word to stop, go through files in a folder beside it.
"""

import shutil
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, final

from cnnlab.errors import ConfigError, RunError
from cnnlab.executors.base import Event, Job, Listener
from cnnlab.executors.extra import require_extra
from cnnlab.executors.interrupts import noted_interrupts
from cnnlab.executors.local import LocalExecutor
from cnnlab.executors.resources import Need
from cnnlab.executors.slurm_task import STOP, SlurmTask, stop_path, told

FOLDER = "slurm"  # in the folder of the first job's run
SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_TO_STOP = 30.0
MINUTES = 60  # of a task, where the config does not say


@final
class SlurmExecutor:
    """One array job for all jobs that need the same of a node."""

    def __init__(self, jobs: int | None = None, cluster: Literal["slurm", "local"] = "slurm") -> None:
        """Run up to `jobs` tasks side by side; `cluster` local stands for processes of submitit on this machine.

        Raises ConfigError where submitit or SLURM's commands are missing.
        """
        require_extra("slurm", "submitit")
        if cluster == "slurm" and shutil.which("sbatch") is None:
            raise ConfigError(
                "--executor slurm: SLURM's command sbatch is not on the PATH; give the command on a login node."
            )
        self.jobs, self.cluster = jobs, cluster
        self._array: _Array | None = None

    def run(self, jobs: Sequence[Job], listen: Listener) -> None:
        """Run all jobs; see `Executor`. A network is tried out here, since nobody should queue for that."""
        for job in jobs:
            if job.repeat is None:
                LocalExecutor(1).run([_on_the_cpu(job)], listen)
        training = [job for job in jobs if job.repeat is not None]
        if training:
            self._array = _Array(self, training, listen)
            with noted_interrupts() as interrupted:
                self._array.run(interrupted)

    def stop(self, folder: Path, repeat: int) -> None:
        """End a job that runs; see `Executor`."""
        if self._array is not None:
            self._array.stop(folder, repeat)

    def submitter(self, folder: Path, need: Need) -> Any:
        """submitit's executor for tasks with that need."""
        import submitit

        most = {} if self.jobs is None else {"slurm_array_parallelism": self.jobs}
        executor = submitit.AutoExecutor(folder=folder, cluster=self.cluster)
        executor.update_parameters(
            name="cnnlab",
            timeout_min=need.minutes or MINUTES,
            cpus_per_task=max(1, round(need.cpus)),
            gpus_per_node=_whole(need.gpus),
            mem_gb=None if need.memory_bytes is None else need.memory_bytes / 1e9,
            **most,
        )
        return executor


class _Array:
    """Jobs that were handed to SLURM."""

    def __init__(self, executor: SlurmExecutor, jobs: Sequence[Job], listen: Listener) -> None:
        self.executor, self.jobs, self.listen = executor, jobs, listen
        self.folder = jobs[0].folder / FOLDER
        self.under_way: dict[int, Any] = {}  # submitit's job, by the position of ours
        self.heard = [0] * len(jobs)  # bytes
        self.started: set[int] = set()

    def run(self, interrupted: Connection) -> None:
        try:
            self._submit()
            while self.under_way:
                self._look()
                if interrupted.poll(SECONDS_BETWEEN_LOOKS):
                    raise KeyboardInterrupt
        except KeyboardInterrupt:
            self._stop()
            raise

    def _submit(self) -> None:
        try:
            self.folder.mkdir(exist_ok=True)
            (self.folder / STOP).unlink(missing_ok=True)
        except OSError as error:
            raise RunError(f"Cannot write into {self.folder}: {error.strerror or error}.") from error
        by_need = defaultdict(list)
        for number, job in enumerate(self.jobs):
            self._events(number).unlink(missing_ok=True)
            stop_path(self._events(number)).unlink(missing_ok=True)
            by_need[Need.of(job.config)].append(number)
        for need, numbers in by_need.items():
            submitter = self.executor.submitter(self.folder, need)
            task = SlurmTask(self.folder)
            handed = submitter.map_array(task, [self.jobs[n] for n in numbers], map(self._events, numbers))
            self.under_way |= dict(zip(numbers, handed, strict=True))

    def stop(self, folder: Path, repeat: int) -> None:
        """Let a task save its state, and end."""
        for number, job in enumerate(self.jobs):
            if (job.folder, job.repeat) == (folder, repeat):
                stop_path(self._events(number)).touch()

    def _events(self, number: int) -> Path:
        return self.folder / f"{number}.events"

    def _look(self) -> None:
        """Pass on what is new, and what has ended."""
        for number, handed in list(self.under_way.items()):
            ended = handed.done()
            events, self.heard[number] = told(self._events(number), self.heard[number])
            for event in events:
                if event.kind == "started":
                    self.started.add(number)
                self.listen(self.jobs[number].said(event))
            if ended:
                del self.under_way[number]
                self.listen(self.jobs[number].said(self._last(number, handed)))

    def _last(self, number: int, handed: Any) -> Event:
        """The event that ends a job, also where it did not live to tell it."""
        import submitit

        try:
            event: Event = handed.result()
        except submitit.core.utils.UncompletedJobError as error:
            lines = [line for line in str(error).splitlines() if line.strip()]
            text = f"SLURM's job {handed.job_id} ended without a result: {lines[-1] if lines else 'no reason given'}"
            return Event("failed", self.jobs[number].repeat, error=f"{text} (see {self.folder}).")
        return event

    def _stop(self) -> None:
        """Let the tasks save their state; cancel those that wait, and those that take too long."""
        (self.folder / STOP).touch()
        for number, handed in list(self.under_way.items()):
            if number not in self.started:
                handed.cancel(check=False)
                del self.under_way[number]
        deadline = time.monotonic() + SECONDS_TO_STOP
        while self.under_way and time.monotonic() < deadline:
            self._look()
            time.sleep(SECONDS_BETWEEN_LOOKS / 4)
        for number, handed in self.under_way.items():
            handed.cancel(check=False)
            self.listen(self.jobs[number].said(Event("interrupted", self.jobs[number].repeat)))


def _on_the_cpu(job: Job) -> Job:
    """The same job for this machine, which need not have the nodes' GPUs."""
    training = {**job.config["training"], "device": "cpu"}
    return replace(job, config={**job.config, "training": training})


def _whole(gpus: float) -> int | None:
    """GPUs of a task, None without any. Raises ConfigError for a fraction, which SLURM does not share out."""
    if gpus != int(gpus):
        raise ConfigError(f"resources.gpus: expected a whole number for --executor slurm, got {gpus:g}.")
    return int(gpus) or None
