"""How long trainings will take, from a few epochs that are timed here and thrown away."""

import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from cnnlab.config.schema import Config
from cnnlab.executors.base import Event
from cnnlab.experiments.launch import Launch
from cnnlab.experiments.plan import Experiment, Plan
from cnnlab.experiments.planning import planned
from cnnlab.experiments.tryout import refusal


@dataclass
class Timed:
    """What one training took, in seconds: `epochs` one by one, `whole` from its start to its end."""

    started: float = 0.0
    whole: float = 0.0
    epochs: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Estimate:
    """Seconds: of what comes beside the epochs, of the first, of a usual one and of one with validation."""

    beside: float
    first: float
    epoch: float
    validated: float
    side_by_side: int
    cell: str  # the label of the one that was timed

    def of(self, config: Config) -> float:
        """The seconds that one repeat of `config` takes, if its network is like the timed one and none stops early."""
        epochs = config.training.epochs
        validations = max(0, -(-epochs // config.training.validation_every) - 1)  # the first epoch aside
        usual = max(0, epochs - 1 - validations)
        return self.beside + self.first + usual * self.epoch + validations * self.validated

    def total(self, plan: Plan) -> float:
        """The seconds that all trainings of `plan` take that wait."""
        seconds = sum(self.of(cell.config) * len(cell.waiting) for cell in plan.cells)
        return seconds / self.side_by_side


@dataclass(frozen=True)
class DryRun:
    """What would be trained, and, unless all is finished, about how long that takes."""

    plan: Plan
    estimate: Estimate | None

    @property
    def seconds(self) -> float | None:
        """Of all that is left to train."""
        return None if self.estimate is None else self.estimate.total(self.plan)


def dry_run(experiment: Experiment, launch: Launch) -> DryRun:
    """Plan, and time a few epochs; see `planned` and `estimate` for what is raised."""
    with planned(experiment, launch) as plan:
        return DryRun(plan, estimate(plan) if plan.waiting else None)


def estimate(plan: Plan) -> Estimate:
    """Time the first repeats of the first cell that waits, as many side by side as all trainings would run.

    Raises ConfigError or RepeatsFailed when it cannot be trained.
    """
    cell = next(cell for cell in plan.cells if cell.waiting)
    training = cell.config.training
    epochs = min(training.epochs, 2 if training.validation_every == 1 else 3)
    config = cell.config.with_training(epochs=epochs)
    side_by_side, executor = plan.workers(plan.waiting)
    if plan.launch.executor.name != "local":
        side_by_side = 1  # how many a cluster has room for is not known from here
    found: dict[int, Timed] = {}

    def hear(event: Event) -> None:
        if event.repeat is None:
            return
        timed = found.setdefault(event.repeat, Timed())
        if event.kind == "started":
            timed.started = time.monotonic()
        elif event.kind == "epoch":
            timed.epochs.append(event.content["seconds"])
        elif event.kind == "done":
            timed.whole = time.monotonic() - timed.started
        elif event.kind == "failed":
            raise refusal(event, f"{config.name}: {event.error}")

    with tempfile.TemporaryDirectory() as place:
        timed = replace(cell, config=config, path=Path(place) / "run")
        executor.run([plan.job(timed, repeat) for repeat in range(side_by_side)], hear)
    mean = _mean(list(found.values()))
    first, last = mean.epochs[0], mean.epochs[-1]
    usual = mean.epochs[1] if len(mean.epochs) > 2 else last
    beside = max(0.0, mean.whole - sum(mean.epochs))
    return Estimate(beside, first, usual, max(usual, last), side_by_side, cell.entry.label)


def _mean(timed: list[Timed]) -> Timed:
    count = len(timed)
    epochs = [sum(values) / count for values in zip(*(one.epochs for one in timed), strict=True)]
    return Timed(whole=sum(one.whole for one in timed) / count, epochs=epochs)
