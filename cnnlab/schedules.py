"""Learning-rate schedules. Each starts from the optimizer's `learning_rate`, its peak."""

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from cnnlab.parameters import Fraction, Monitor, NonNegativeFloat, PositiveFloat, PositiveInt
from cnnlab.registry import Registry


@dataclass(frozen=True)
class Length:
    """How long a training is: what a schedule must know to plan."""

    steps_per_epoch: int
    epochs: int

    @property
    def steps(self) -> int:
        """The number of optimizer steps in all."""
        return self.steps_per_epoch * self.epochs


@dataclass(frozen=True)
class Plateau:
    """What ReduceLROnPlateau gets; it acts between epochs, the others within the optimizer."""

    monitor: str
    factor: float
    patience: int
    min_delta: float
    min_learning_rate: float


schedule = Registry("schedule", injected=("peak", "length"), reserved=("name",))
"""Decorator and registry. A schedule returns a number, a Keras schedule, or a `Plateau`.

Injected: `peak`, the optimizer's learning rate, and `length`, a `Length`.
"""


@schedule
def constant(*, peak: float) -> Any:
    """The same learning rate throughout."""
    return peak


@schedule
def cosine(*, peak: float, length: Length, warmup: Fraction = 0.0, minimum: NonNegativeFloat = 0.0) -> Any:
    """Linear warm-up over the share `warmup` of all steps, then half a cosine down to `minimum` at the end.

    Loshchilov and Hutter 2017, "SGDR", without restarts.
    """
    from keras.optimizers import schedules

    warmup_steps = round(warmup * length.steps)
    return schedules.CosineDecay(
        initial_learning_rate=0.0 if warmup_steps else peak,
        decay_steps=max(1, length.steps - warmup_steps),
        alpha=minimum / peak,
        warmup_target=peak if warmup_steps else None,
        warmup_steps=warmup_steps,
    )


@schedule
def one_cycle(
    *,
    peak: float,
    length: Length,
    warmup: Fraction = 0.3,
    start: Fraction = 0.04,
    end: Fraction = 0.0,
    anneal: Literal["linear", "cosine"] = "linear",
) -> Any:
    """A line up to the peak over the share `warmup` of all steps, then down to `end` times the peak.

    Smith and Topin 2018, "Super-convergence", with momentum left as it is.

    Parameters:
        warmup: Share of all steps over which the learning rate rises.
    """
    return one_cycle_class()(peak, length.steps, warmup, start, end, anneal)


def one_cycle_class() -> Any:
    """Return the class `OneCycle`, a Keras schedule."""
    from keras import ops
    from keras.optimizers.schedules import LearningRateSchedule

    class OneCycle(LearningRateSchedule):
        """Up in a line, down in a line or half a cosine."""

        def __init__(
            self, peak: float, steps: int, warmup: float, start: float, end: float, anneal: str
        ) -> None:
            self.settings = {
                "peak": peak, "steps": steps, "warmup": warmup, "start": start, "end": end, "anneal": anneal
            }  # fmt: skip
            self.peak, self.start, self.end, self.anneal = peak, start, end, anneal
            self.rise = warmup * steps
            self.fall = steps - self.rise

        def __call__(self, step: Any) -> Any:
            step = ops.cast(step, "float32")
            risen = step / max(self.rise, 1.0)
            fallen = ops.clip((step - self.rise) / max(self.fall, 1.0), 0.0, 1.0)
            if self.anneal == "cosine":
                fallen = (1.0 - ops.cos(math.pi * fallen)) / 2.0
            up = self.start + (1.0 - self.start) * risen
            down = 1.0 + (self.end - 1.0) * fallen
            return self.peak * ops.where(step < self.rise, up, down)

        def get_config(self) -> dict[str, Any]:
            return self.settings

    return OneCycle


@schedule
def step(*, peak: float, length: Length, every_epochs: PositiveInt, factor: PositiveFloat = 0.1) -> Any:
    """Multiplies the learning rate by `factor` after every `every_epochs` epochs.

    Parameters:
        factor: what the learning rate is multiplied by.
    """
    from keras.optimizers import schedules

    return schedules.ExponentialDecay(peak, every_epochs * length.steps_per_epoch, factor, staircase=True)


@schedule
def reduce_on_plateau(
    *,
    monitor: Monitor = "val_loss",
    factor: Annotated[float, Field(gt=0, lt=1)] = 0.1,
    patience: PositiveInt = 10,
    min_delta: NonNegativeFloat = 1e-4,
    min_learning_rate: NonNegativeFloat = 0.0,
) -> Any:
    """Multiplies the learning rate by `factor` when `monitor` has not improved for `patience` validations.

    Parameters:
        factor: what the learning rate is multiplied by.
    """
    return Plateau(monitor, factor, patience, min_delta, min_learning_rate)
