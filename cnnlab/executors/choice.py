"""Which executor a command uses."""

from dataclasses import dataclass
from typing import Literal

from cnnlab.config.training_section import Training
from cnnlab.errors import ConfigError
from cnnlab.executors.base import Executor
from cnnlab.executors.local import LocalExecutor
from cnnlab.executors.ray import RayExecutor
from cnnlab.executors.slurm import SlurmExecutor
from cnnlab.executors.threads import gpu_slots, resolve_jobs
from cnnlab.packages import missing

Name = Literal["local", "ray", "slurm"]
PACKAGES: dict[Name, str] = {"ray": "ray", "slurm": "submitit"}


@dataclass(frozen=True)
class ExecutorChoice:
    """An executor by its name, and how to reach it. Raises ConfigError for an address that it has no use for."""

    name: Name = "local"
    address: str | None = None  # of a Ray cluster

    def __post_init__(self) -> None:
        """Check that both go together."""
        if self.address is not None and self.name != "ray":
            raise ConfigError(f"--address {self.address} goes with --executor ray, not with {self.name}.")

    def make(self, training: Training, jobs: int | str, waiting: int) -> tuple[int, Executor]:
        """How many of `waiting` trainings run side by side at most, and what executes them; threads are resolved.

        Raises ConfigError where its package is missing.
        """
        package = PACKAGES.get(self.name)
        if package is not None and (lacks := missing(package, self.name)):
            raise ConfigError(f"--executor {self.name} {lacks}.")
        most = None if jobs == "auto" else int(jobs)
        if self.name == "ray":
            return min(most or waiting, waiting), RayExecutor(self.address, most)
        if self.name == "slurm":
            return min(most or waiting, waiting), SlurmExecutor(most)
        count = resolve_jobs(
            jobs,
            threads=training.cpu_threads,
            device=training.device,
            devices=training.devices,
            waiting=waiting,
        )
        if training.device.startswith("gpu:"):  # a number among all that are visible
            return count, LocalExecutor(count)
        gpus = gpu_slots(training.device, training.devices)
        return count, LocalExecutor(count, [{"CUDA_VISIBLE_DEVICES": several} for several in gpus])
