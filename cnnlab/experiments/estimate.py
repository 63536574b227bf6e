"""How long trainings will take, from a few epochs that are timed here and thrown away."""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cnnlab.config.schema import Config
from cnnlab.executors.base import Event
from cnnlab.experiments.run import Plan, job_of, refusal, workers


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

    def of(self, config: Config) -> float:
        """The seconds that one repeat of `config` takes, if its network is like the timed one and none stops early."""
        epochs = config.training.epochs
        validations = max(0, -(-epochs // config.training.validation_every) - 1)  # the first epoch aside
        usual = max(0, epochs - 1 - validations)
        return self.beside + self.first + usual * self.epoch + validations * self.validated

    def total(self, trainings: Sequence[tuple[Any, int]]) -> float:
        """The seconds of all: pairs of a config and how many repeats of it."""
        return sum(self.of(config) * repeats for config, repeats in trainings) / self.side_by_side


def estimate(plan: Plan, trainings: int) -> Estimate:
    """Time the first repeats of `plan`, as many side by side as all `trainings` would run.

    Raises ConfigError or RepeatsFailed when it cannot be trained.
    """
    config = plan.config
    epochs = min(config.training.epochs, 2 if config.training.validation_every == 1 else 3)
    short = config.training.model_copy(update={"epochs": epochs})
    side_by_side, executor = workers(plan.request, config.training, trainings)
    if plan.request.executor.name != "local":
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
        timed_plan = Plan(plan.request, config.model_copy(update={"training": short}), (), plan.data)
        jobs = [job_of(timed_plan, repeat, Path(place) / "run") for repeat in range(side_by_side)]
        executor.run(jobs, hear)
    mean = _mean(list(found.values()))
    first, last = mean.epochs[0], mean.epochs[-1]
    usual = mean.epochs[1] if len(mean.epochs) > 2 else last
    return Estimate(max(0.0, mean.whole - sum(mean.epochs)), first, usual, max(usual, last), side_by_side)


def _mean(timed: list[Timed]) -> Timed:
    count = len(timed)
    epochs = [sum(values) / count for values in zip(*(one.epochs for one in timed), strict=True)]
    return Timed(whole=sum(one.whole for one in timed) / count, epochs=epochs)
