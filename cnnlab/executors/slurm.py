"""Repeats as the tasks of a SLURM array job, through submitit (https://github.com/facebookincubator/submitit)."""

import shutil
from collections import defaultdict
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, final

from cnnlab.errors import ConfigError, RunError
from cnnlab.executors.base import Event, Job, Listener, PackedJob
from cnnlab.executors.remote import JobFiles, RemoteJobs, serve, try_out_here
from cnnlab.executors.resources import Need
from cnnlab.executors.session import Session

FOLDER = "slurm"  # in the folder of the first job's run: what submitit writes
MINUTES = 60  # of a task, where the config does not say


@final
class SlurmExecutor:
    """One array job for all jobs that need the same of a node."""

    def __init__(self, jobs: int | None = None, cluster: Literal["slurm", "local"] = "slurm") -> None:
        """Run up to `jobs` tasks side by side; `cluster` local stands for processes of submitit on this machine.

        Raises ConfigError where SLURM's commands are missing.
        """
        if cluster == "slurm" and shutil.which("sbatch") is None:
            raise ConfigError(
                "--executor slurm: SLURM's command sbatch is not on the PATH; give the command on a login node."
            )
        self.jobs, self.cluster = jobs, cluster
        self._remote: RemoteJobs | None = None

    def run(self, jobs: Sequence[Job], listen: Listener) -> None:
        """Run all jobs; see `Executor`."""
        try_out_here(jobs, listen)
        training = [job for job in jobs if job.repeat is not None]
        if training:
            self._remote = RemoteJobs(_Array(self, training[0].folder / FOLDER), training, listen)
            self._remote.run()

    def stop(self, folder: Path, repeat: int) -> None:
        """End a job that runs; see `Executor`."""
        if self._remote is not None:
            self._remote.stop(folder, repeat)

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


class _Task:
    """Does one job. submitit calls it, and `checkpoint` before SLURM takes the node away."""

    def __call__(self, job: PackedJob, files: JobFiles) -> Event:
        return serve(job, files, Session())

    def checkpoint(self, job: PackedJob, files: JobFiles) -> Any:
        """The same task once more: it resumes from its own checkpoint."""
        import submitit

        return submitit.helpers.DelayedSubmission(self, job, files)


class _Array:
    """Jobs that were handed to SLURM; see `Cluster`."""

    connections: Sequence[Connection] = ()

    def __init__(self, executor: SlurmExecutor, folder: Path) -> None:
        self.executor, self.folder = executor, folder
        self.jobs: list[Job] = []
        self.handed: dict[int, Any] = {}  # submitit's jobs, by the position of ours

    def submit(self, tasks: Sequence[tuple[Job, JobFiles]]) -> None:
        try:
            self.folder.mkdir(exist_ok=True)
        except OSError as error:
            raise RunError(f"Cannot write into {self.folder}: {error.strerror or error}.") from error
        self.jobs = [job for job, _ in tasks]
        by_need = defaultdict(list)
        for number, job in enumerate(self.jobs):
            by_need[Need.of(job.config)].append(number)
        for need, numbers in by_need.items():
            jobs = [self.jobs[n].packed() for n in numbers]
            files = [tasks[n][1] for n in numbers]
            handed = self.executor.submitter(self.folder, need).map_array(_Task(), jobs, files)
            self.handed |= dict(zip(numbers, handed, strict=True))

    def news(self) -> list[tuple[int, Event]]:
        ended = [number for number, handed in self.handed.items() if handed.done()]
        return [(number, self._last_event(number, self.handed.pop(number))) for number in ended]

    def cancel(self, number: int) -> None:
        self.handed.pop(number).cancel(check=False)

    def _last_event(self, number: int, handed: Any) -> Event:
        """The event that ends a job, also where its process died without one."""
        import submitit

        try:
            event: Event = handed.result()
        except submitit.core.utils.UncompletedJobError as error:
            lines = [line for line in str(error).splitlines() if line.strip()]
            text = f"SLURM's job {handed.job_id} ended without a result: {lines[-1] if lines else 'no reason given'}"
            return self.jobs[number].event("failed", error=f"{text} (see {self.folder}).")
        return event


def _whole(gpus: float) -> int | None:
    """GPUs of a task, None without any. Raises ConfigError for a fraction, which SLURM does not share out."""
    if gpus != int(gpus):
        raise ConfigError(f"resources.gpus: expected a whole number for --executor slurm, got {gpus:g}.")
    return int(gpus) or None
