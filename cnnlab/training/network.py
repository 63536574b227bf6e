"""A config's network, ready to be trained: compiled, with its optimizer, schedule and metrics."""

import contextlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.backends import active
from cnnlab.backends.base import PROBABILITIES
from cnnlab.config.training_section import Training
from cnnlab.metrics import Metric, metric
from cnnlab.optimizers import optimizer
from cnnlab.runs.metrics_log import MetricsLog
from cnnlab.schedules import Length, Plateau, schedule

FINITE_STEPS = "finite_steps"
MOST_RATES = 100  # of an epoch, which are had in some 10 ms
MOST_DRAWN = 300  # of a whole training, for its figure
SMALLEST = 1e-37  # a probability in float32; below it numbers lose digits


def make_metrics(training: Training, num_classes: int) -> list[Metric]:
    """The metrics that the config asks for."""
    return [
        metric.get(item.name)(parameters=item.parameters, num_classes=num_classes)
        for item in training.metrics
    ]


def compile_network(
    part: Any, training: Training, *, num_classes: int, steps_per_epoch: int
) -> Plateau | None:
    """Compile `part`, a `TrainedNetwork`, as the config's `training` section says.

    Returns the plateau rule where that is the schedule: it acts between epochs.
    """
    import keras

    peak = training.learning_rate
    length = Length(steps_per_epoch, training.epochs)
    rate = schedule.get(training.schedule.name)(
        parameters=training.schedule.parameters, peak=peak, length=length
    )
    plateau = rate if isinstance(rate, Plateau) else None
    averaging = {}
    if training.weight_averaging is not None:
        averaging = {"use_ema": True, "ema_momentum": training.weight_averaging.momentum}
    part.compile(
        optimizer=optimizer.get(training.optimizer.name)(
            parameters=training.optimizer.parameters,
            learning_rate_schedule=peak if plateau else rate,
            averaging=averaging,
        ),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=training.label_smoothing),
        metrics=[
            keras.metrics.CategoricalCrossentropy(name="cross_entropy"),
            *(m.keras() for m in make_metrics(training, num_classes) if m.keras is not None),
        ],
    )
    build_state(part, num_classes)
    return plateau


def build_state(part: Any, num_classes: int) -> None:
    """Make every variable that training will change now, so that a checkpoint can be put into them."""
    import keras

    part.optimizer.build(part.trainable_variables)
    even = keras.ops.full((1, num_classes), 1.0 / num_classes)
    part.compute_metrics(None, even, even)  # the metrics make theirs when they see values
    part.reset_metrics()


def set_learning_rate(part: Any, rate: float) -> None:
    """Change it, for an optimizer without a schedule of its own."""
    base_optimizer(part).learning_rate = rate


class LearningRates:
    """The learning rates of a compiled network's steps."""

    def __init__(self, part: Any) -> None:
        """Ask the optimizer of `part`, by its schedule if it has one."""
        from keras.optimizers.schedules import LearningRateSchedule

        self.optimizer = base_optimizer(part)
        schedule = self.optimizer._learning_rate
        self.schedule = active().compiled(schedule) if isinstance(schedule, LearningRateSchedule) else None

    @property
    def steps_done(self) -> int:
        """The steps that the schedule has counted; in mixed precision those that overflowed are left out."""
        from keras.ops import convert_to_numpy

        return int(convert_to_numpy(self.optimizer.iterations))

    def at(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        from keras.ops import convert_to_numpy

        rate = self.optimizer.learning_rate if self.schedule is None else self.schedule(np.int32(step))
        return float(convert_to_numpy(rate))

    def mean(self, steps: int) -> float:
        """The mean over the next `steps` steps; of more than `MOST_RATES` over so many of them, evenly spread."""
        if self.schedule is None:
            return self.at(0)
        asked = _spread(self.steps_done, steps, MOST_RATES)
        return math.fsum(map(self.at, asked)) / len(asked)

    def write(self, path: Path, epochs: int, steps: int) -> None:
        """Write learning_rates.csv: after how many epochs of `steps` steps a step has which rate.

        Of more than `MOST_DRAWN` steps so many are asked for, evenly spread. Without a schedule nothing is written.
        Raises RunError when the disk refuses.
        """
        if self.schedule is None:
            return
        asked = _spread(0, epochs * steps, MOST_DRAWN)
        lines = [f"{step / steps!r},{self.at(step)!r}" for step in asked]
        MetricsLog(path, ("epoch", "learning_rate"), lines)


def _spread(first: int, count: int, most: int) -> list[int]:
    """So many steps from `first` on, or `most` of them, evenly spread from the first to the last."""
    return [int(step) for step in np.linspace(first, first + count - 1, min(count, most)).round()]


def base_optimizer(part: Any) -> Any:
    """The optimizer itself, where mixed precision has wrapped it."""
    return getattr(part.optimizer, "inner_optimizer", part.optimizer)


@contextlib.contextmanager
def averaged_weights(part: Any, *, wanted: bool) -> Iterator[None]:
    """Put the averaged weights into `part` while the body runs; does nothing unless `wanted`."""
    import keras

    if not wanted:
        yield
        return
    raw = [keras.ops.convert_to_numpy(variable) for variable in part.trainable_variables]
    take_averages(part)
    try:
        yield
    finally:
        for variable, value in zip(part.trainable_variables, raw, strict=True):
            variable.assign(value)


def take_averages(part: Any) -> None:
    """Replace the weights of `part` by their averages."""
    averages = base_optimizer(part)._model_variables_moving_average  # as Keras' SwapEMAWeights does
    for variable, average in zip(part.trainable_variables, averages, strict=True):
        variable.assign(average)


def network_class() -> Any:
    """Return the class `TrainedNetwork`: a keras.Model that counts the steps of an epoch with a finite loss."""
    import keras

    class FiniteSteps(keras.metrics.Metric):
        """Steps since the epoch's start whose loss was finite, up to the first that was not."""

        def __init__(self) -> None:
            super().__init__(name=FINITE_STEPS)
            self.steps = self.add_variable((), "zeros", aggregation="mean", name="steps")
            self.finite = self.add_variable((), "ones", aggregation="mean", name="finite")

        def update_state(self, loss: Any) -> None:
            self.finite.assign(self.finite * keras.ops.cast(keras.ops.isfinite(loss), self.finite.dtype))
            self.steps.assign(self.steps + self.finite)

        def result(self) -> Any:
            return self.steps

        def reset_state(self) -> None:
            self.steps.assign(0.0)
            self.finite.assign(1.0)

    class TrainedNetwork(keras.Model):
        """The network behind its scaling layer, as it is trained."""

        finite_steps: Any = None
        logit_offsets: Any = (
            None  # float32 (classes,): the training loss adds them to the logits; None: nothing
        )

        def adjusted(self, y_pred: Any) -> Any:
            """The probabilities, (batch, classes), as the training loss takes them."""
            if self.logit_offsets is None:
                return y_pred
            wide = keras.ops.cast(y_pred, keras.backend.result_type(y_pred.dtype, "float32"))
            logits = keras.ops.log(keras.ops.maximum(wide, SMALLEST))
            return keras.ops.softmax(logits + keras.ops.convert_to_tensor(self.logit_offsets, wide.dtype))

        def compute_loss(
            self,
            x: Any = None,
            y: Any = None,
            y_pred: Any = None,
            sample_weight: Any = None,
            training: bool = True,
        ) -> Any:
            """Keras' own, of the adjusted probabilities in training, and counted while `watch_loss` wants it."""
            seen = self.adjusted(y_pred) if training else y_pred
            loss = super().compute_loss(x, y, seen, sample_weight, training)
            if self.finite_steps is not None:
                self.finite_steps.update_state(loss)
            return loss

        def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
            """Update the metrics; a step returns the probabilities of its batch, float32."""
            super().compute_metrics(x, y, y_pred, sample_weight)
            return {PROBABILITIES: keras.ops.cast(y_pred, "float32")}

        def get_metrics_result(self) -> dict[str, Any]:
            """Nothing: Keras asks after every step, and PyTorch would compute them each time."""
            return {}

        def watch_loss(self) -> None:
            """Count the steps with a finite loss from now on, as the metric `finite_steps`."""
            self.finite_steps = FiniteSteps()

        def metrics_now(self) -> dict[str, Any]:
            """The metrics at this moment, `finite_steps` and `all_finite` (1 or 0) among them: tensors."""
            return {**super().get_metrics_result(), "all_finite": self.finite_steps.finite + 0.0}

    return TrainedNetwork
