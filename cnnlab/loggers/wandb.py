"""Weights & Biases, offline: files in the run folder, which ``wandb sync`` uploads if somebody wants it."""

from collections.abc import Mapping
from typing import Any

from cnnlab.loggers.base import Logger, Name, RunInfo, figures, final_figures, logger


@logger(package="wandb", extra="wandb")
def wandb(*, project: Name = "cnnlab") -> Logger:
    """Writes offline runs of Weights & Biases into the run folder, one per repeat, grouped: wandb sync uploads them.

    Parameters:
        project: W&B's project that the runs belong to.
    """
    return WeightsAndBiases(project)


class WeightsAndBiases(Logger):
    """The columns of metrics.csv over epochs, the config, and the final metrics as the run's summary."""

    def __init__(self, project: str) -> None:
        self.project = project

    def start(self, run: RunInfo) -> None:
        self.run = run
        self.runs: dict[int, Any] = {}

    def start_repeat(self, repeat: int) -> None:
        import wandb

        self.runs[repeat] = wandb.init(
            project=self.project,
            dir=self.run.folder,
            config={**self.run.config, "repeat": repeat},
            group=self.run.folder.name,
            name=f"{self.run.folder.name} repeat {repeat}",
            mode="offline",
            reinit="create_new",
            settings=wandb.Settings(
                console="off",
                silent=True,
                disable_code=True,
                disable_git=True,
                disable_job_creation=True,
                x_disable_stats=True,
            ),
        )

    def epoch(self, repeat: int, row: Mapping[str, float | int | None]) -> None:
        self.runs[repeat].log(figures(row), step=int(row["epoch"] or 0))

    def end_repeat(self, repeat: int, status: str, result: Mapping[str, Any] | None) -> None:
        run = self.runs.pop(repeat, None)
        if run is None:
            return
        if result is not None:
            run.summary.update({"seed": result.get("seed"), **dict(final_figures(result))})
        run.finish(exit_code=0 if status == "done" else 1)

    def end(self, status: str) -> None:
        for run in self.runs.values():
            run.finish(exit_code=1)
