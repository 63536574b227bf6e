"""What happens between epochs: recording, choosing the best epoch, stopping, lowering the learning rate.

The decisions are plain classes without Keras, whose attributes are all their state; `callbacks` below ties
them to `fit`.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cnnlab.schedules import Plateau

Row = dict[str, float | int | None]


class LossNotFinite(Exception):
    """The loss became nan or infinite: the message says in which epoch and step."""


class Stopped(Exception):
    """The run was asked to stop."""


def improves(monitor: str, value: float, best: float | None, min_delta: float = 0.0) -> bool:
    """Whether `value` is better than `best`: lower for losses, higher for the rest; nan never is."""
    if math.isnan(value):
        return False
    if best is None:
        return True
    lower_is_better = monitor in {"val_loss", "val_cross_entropy"}
    return value < best - min_delta if lower_is_better else value > best + min_delta


@dataclass
class Patience:
    """Counts the validations since a figure last improved."""

    monitor: str
    patience: int
    min_delta: float = 0.0
    best: float | None = None
    waited: int = 0

    def exhausted(self, row: Row) -> bool:
        """Take an epoch's figures; True when `patience` validations have passed without an improvement."""
        value = row.get(self.monitor)
        if value is None:
            return False
        if improves(self.monitor, value, self.best, self.min_delta):
            self.best, self.waited = value, 0
            return False
        self.waited += 1
        return self.waited >= self.patience


@dataclass
class BestEpoch:
    """Remembers the weights of the epoch with the best figure; of the last epoch where `monitor` is None."""

    monitor: str | None
    epoch: int | None = None
    value: float | None = None
    weights: list[Any] = field(default_factory=list)

    def offer(self, epoch: int, row: Row, weights: Callable[[], list[Any]]) -> None:
        """Take an epoch's figures (epochs count from 1), and its weights if they are the best so far."""
        if self.monitor is None:
            self.epoch, self.weights = epoch, weights()
            return
        value = row.get(self.monitor)
        if value is not None and improves(self.monitor, value, self.value):
            self.epoch, self.value, self.weights = epoch, value, weights()


def callbacks(
    training: Any,
    plateau: Plateau | None,
    keep: BestEpoch | None,
    report: Callable[[Row], None],
    check: Callable[[], None],
) -> list[Any]:
    """The Keras callbacks of one repeat.

    `report` gets one row per epoch; `check` is called after each batch and may raise `Stopped`; `keep`, if
    given, collects the weights to end with.
    """
    import keras

    lowering = Patience(plateau.monitor, plateau.patience, plateau.min_delta) if plateau else None
    stopping = None
    if training.early_stopping is not None:
        rule = training.early_stopping
        stopping = Patience(rule.monitor, rule.patience, rule.min_delta)

    class Epochs(keras.callbacks.Callback):
        """Turns each epoch's logs into a row, and acts on it."""

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.started = time.perf_counter()
            self.rate = self.learning_rate()  # a schedule may change it during the epoch

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            row = epoch_row(epoch + 1, time.perf_counter() - self.started, self.rate, logs or {})
            require_finite(row, logs or {})
            if keep is not None:
                keep.offer(epoch + 1, row, self.model.get_weights)
            if lowering is not None and plateau is not None and lowering.exhausted(row):
                lowering.waited = 0
                lowered = max(self.learning_rate() * plateau.factor, plateau.min_learning_rate)
                self.model.optimizer.learning_rate = lowered
            if stopping is not None and stopping.exhausted(row):
                self.model.stop_training = True
            report(row)

        def learning_rate(self) -> float:
            optimizer = getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer)
            return float(keras.ops.convert_to_numpy(optimizer.learning_rate))

    class Interruptible(keras.callbacks.Callback):
        """Lets a run be stopped after any batch."""

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            check()

        def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
            check()

        def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
            check()

    averaging = [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if training.weight_averaging else []
    return [*averaging, Epochs(), Interruptible()]


def epoch_row(epoch: int, seconds: float, learning_rate: float, logs: dict[str, float]) -> Row:
    """One line of metrics.csv: `logs` of Keras with our columns before them."""
    figures = {key: float(value) for key, value in logs.items() if not key.endswith("finite_steps")}
    return {"epoch": epoch, "seconds": seconds, "learning_rate": learning_rate, **figures}


def require_finite(row: Row, logs: dict[str, float]) -> None:
    """Raise LossNotFinite when the epoch's training loss is nan or infinite."""
    loss = row["loss"]
    if loss is None or math.isfinite(loss):
        return
    step = int(logs.get("finite_steps", 0)) + 1
    raise LossNotFinite(
        f"the loss became {loss} in epoch {row['epoch']}, step {step}: try a lower learning rate "
        f"(it was {row['learning_rate']:g}), or training.optimizer.global_clipnorm."
    )
