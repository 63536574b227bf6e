"""Repeats as the tasks of a SLURM array job, through submitit (https://github.com/facebookincubator/submitit)."""

import shutil
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, final

from cnnlab.errors import ConfigError
from cnnlab.executors.base import Event, Job
from cnnlab.executors.remote import JobFiles, RemoteExecutor, serve
from cnnlab.executors.resources import Need
from cnnlab.executors.session import WorkerSession
from cnnlab.files import make_folder

FOLDER = "slurm"  # in the folder of the first job's run: what submitit writes
MINUTES = 60  # of a task, where the config does not say


@final
class SlurmExecutor(RemoteExecutor):
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
        self._handed: dict[int, tuple[Job, Any]] = {}  # with submitit's job, by its position

    def submit(self, tasks: Sequence[tuple[Job, JobFiles]]) -> None:
        """Hand the jobs to SLURM, which keeps its files in the folder of the first one's run."""
        folder = tasks[0][0].folder / FOLDER
        make_folder(folder)
        by_need = defaultdict(list)
        for number, (job, _) in enumerate(tasks):
            by_need[job.need].append(number)
        for need, numbers in by_need.items():
            jobs, files = [tasks[n][0] for n in numbers], [tasks[n][1] for n in numbers]
            handed = self._submitter(folder, need).map_array(_Task(), jobs, files)
            self._handed |= dict(zip(numbers, zip(jobs, handed, strict=True), strict=True))

    def news(self) -> list[tuple[int, Event]]:
        """The last event of each job that has ended."""
        ended = [number for number, (_, handed) in self._handed.items() if handed.done()]
        return [(number, _last_event(*self._handed.pop(number))) for number in ended]

    def cancel(self, number: int) -> None:
        self._handed.pop(number)[1].cancel(check=False)

    def _submitter(self, folder: Path, need: Need) -> Any:
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

    def __call__(self, job: Job, files: JobFiles) -> Event:
        return serve(job, files, WorkerSession())

    def checkpoint(self, job: Job, files: JobFiles) -> Any:
        """The same task once more: it resumes from its own checkpoint."""
        import submitit

        return submitit.helpers.DelayedSubmission(self, job, files)


def _last_event(job: Job, handed: Any) -> Event:
    """The event that ends a job, also where its process died without one."""
    import submitit

    try:
        event: Event = handed.result()
    except submitit.core.utils.UncompletedJobError as error:
        lines = [line for line in str(error).splitlines() if line.strip()]
        text = (
            f"SLURM's job {handed.job_id} ended without a result: {lines[-1] if lines else 'no reason given'}"
        )
        return job.event("failed", error=f"{text} (see {handed.paths.folder}).")
    return event


def _whole(gpus: float) -> int | None:
    """GPUs of a task, None without any. Raises ConfigError for a fraction, which SLURM does not share out."""
    if gpus != int(gpus):
        raise ConfigError(f"resources.gpus: expected a whole number for --executor slurm, got {gpus:g}.")
    return int(gpus) or None
