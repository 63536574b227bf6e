"""Where a training stands: all that it is made of beside the network's own variables, as plain values."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np

from cnnlab.config.training_section import Training
from cnnlab.schedules import Plateau
from cnnlab.training.rules import BestEpoch, Patience

SECONDS_PER_CALL = 0.25  # between two looks at whether the run is to stop


@dataclass
class TrainingPosition:
    """How far a training has come."""

    epoch: int = 0  # epochs that have ended
    step: int = 0  # steps of the next one that are done
    learning_rate: float = 0.0  # the mean over that epoch's steps
    figures: dict[str, float] | None = None  # that epoch's training figures, once all its steps are done
    seconds: float = 0.0  # that epoch has taken so far
    inputs: int = 0  # CRC-32 of its batches so far
    stopped_early: bool = False

    def begin_next_epoch(self) -> None:
        """Count an epoch as ended."""
        self.epoch, self.step, self.figures, self.seconds = self.epoch + 1, 0, None, 0.0
        self.inputs = 0


@dataclass
class TrainingProgress:
    """The position, and what the rules between epochs remember; a rule that a config has not is None."""

    lowering: Patience | None
    stopping: Patience | None
    best: BestEpoch | None
    position: TrainingPosition = field(default_factory=TrainingPosition)

    @classmethod
    def at_start(cls, training: Training, plateau: Plateau | None) -> "TrainingProgress":
        """The progress of a training that begins, with the rules of the config's section `training`."""
        rule = training.early_stopping
        return cls(
            lowering=None if plateau is None else _patience(plateau),
            stopping=None if rule is None else _patience(rule),
            best=None if training.restore_best is None else BestEpoch(training.restore_best),
        )

    def state(self) -> dict[str, Any]:
        """All of it but the best weights, for JSON."""
        return {
            "position": asdict(self.position),
            "lowering": self.lowering and _memory(self.lowering),
            "stopping": self.stopping and _memory(self.stopping),
            "best": self.best and {"epoch": self.best.epoch, "value": self.best.value},
        }

    def restore(
        self, state: Mapping[str, Any], best_weights: list[np.ndarray], validated_by_best: np.ndarray | None
    ) -> None:
        """Take over what `state` returned, and the best weights, if any, with their validation probabilities."""
        for name in (f.name for f in fields(TrainingPosition)):
            setattr(self.position, name, _floats(state["position"][name]))
        for rule, stored in ((self.lowering, state["lowering"]), (self.stopping, state["stopping"])):
            if rule is not None:
                rule.best, rule.waited = _floats(stored["best"]), stored["waited"]
        if self.best is not None:
            self.best.epoch, self.best.value = state["best"]["epoch"], _floats(state["best"]["value"])
            self.best.weights, self.best.validated = best_weights, validated_by_best


class Stopwatch:
    """Counts the seconds of the running epoch, those before an interruption included."""

    def __init__(self, seconds: float = 0.0) -> None:
        """Begin at `seconds`."""
        self.started = time.perf_counter() - seconds

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return time.perf_counter() - self.started


@dataclass
class Pace:
    """Chooses how many steps a call takes: what fits into `SECONDS_PER_CALL`, by the speed of the last call."""

    steps: int = 1

    def portions(self, total: int, done: int = 0) -> Iterator[int]:
        """Yield portions that sum up to `total` - `done`, each to be worked through before the next is asked for."""
        while done < total:
            portion = min(self.steps, total - done)
            started = time.perf_counter()
            yield portion
            fitting = int(portion * SECONDS_PER_CALL / max(time.perf_counter() - started, 1e-6))
            self.steps = max(1, min(fitting, 2 * portion))
            done += portion


def _patience(rule: Any) -> Patience:
    return Patience(rule.monitor, rule.patience, rule.min_delta)


def _memory(rule: Patience) -> dict[str, Any]:
    return {"best": rule.best, "waited": rule.waited}


def _floats(value: Any) -> Any:
    """What JSON gave, with the texts "NaN", "Infinity" and "-Infinity" as the numbers they stand for."""
    if isinstance(value, dict):
        return {key: _floats(entry) for key, entry in value.items()}
    return float(value) if isinstance(value, str) else value
