"""What happens between epochs: recording, choosing the best epoch, stopping, lowering the learning rate.

The decisions are plain classes without Keras, whose attributes are all their state.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, float | int | None]


class LossNotFinite(Exception):
    """The loss became nan or infinite: the message says in which epoch and step."""


class Stopped(Exception):
    """The run was asked to stop."""


def improves(monitor: str, value: float, best: float | None, min_delta: float = 0.0) -> bool:
    """Whether `value` is better than `best`: lower for losses, higher for the rest; what is not finite never is."""
    if not math.isfinite(value):
        return False
    if best is None:
        return True
    return value < best - min_delta if lower_is_better(monitor) else value > best + min_delta


def lower_is_better(monitor: str) -> bool:
    """Whether less of a figure is better, as of losses; of the rest, more is."""
    return monitor in {"val_loss", "val_cross_entropy"}


@dataclass
class Patience:
    """Counts the validations since a figure last improved."""

    monitor: str
    patience: int
    min_delta: float = 0.0
    best: float | None = None
    waited: int = 0

    def exhausted(self, row: Row) -> bool:
        """Take an epoch's figures; True when `patience` validations have passed without an improvement.

        An undefined figure (nan, but for a loss) says nothing, and such a validation does not count.
        """
        value = row.get(self.monitor)
        if value is None or (math.isnan(value) and not lower_is_better(self.monitor)):
            return False
        if improves(self.monitor, value, self.best, self.min_delta):
            self.best, self.waited = value, 0
            return False
        self.waited += 1
        return self.waited >= self.patience


@dataclass
class BestEpoch:
    """Remembers the weights of the epoch with the best figure."""

    monitor: str
    epoch: int | None = None
    value: float | None = None
    weights: list[Any] = field(default_factory=list)
    validated: Any = None

    def offer(self, epoch: int, row: Row, weights: Callable[[], list[Any]], validated: Any = None) -> None:
        """Take an epoch's figures (epochs count from 1), and its weights if they are the best so far.

        `validated` are the validation images' probabilities by these weights, where they are known.
        """
        value = row.get(self.monitor)
        if value is not None and improves(self.monitor, value, self.value):
            self.epoch, self.value, self.weights, self.validated = epoch, value, weights(), validated


def require_finite(epoch: int, step: int, loss: float, learning_rate: float) -> None:
    """Raise LossNotFinite when an epoch's training loss is nan or infinite since its step `step`, from 1."""
    if not math.isfinite(loss):
        raise LossNotFinite(
            f"the loss became {loss} in epoch {epoch}, step {step}: try a lower learning rate "
            f"(it was {learning_rate:g}), or training.optimizer.global_clipnorm."
        )
