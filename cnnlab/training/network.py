"""A config's network, ready for `fit`: compiled, with its optimizer, schedule and metrics."""

from typing import Any

from cnnlab.metrics import metric
from cnnlab.optimizers import optimizer
from cnnlab.schedules import Length, Plateau, schedule


def make_metrics(training: Any, num_classes: int) -> list[Any]:
    """The metrics that the config asks for, as `cnnlab.metrics.Metric`."""
    return [
        metric.get(item.name)(parameters=item.parameters, num_classes=num_classes)
        for item in training.metrics
    ]


def compile_network(part: Any, training: Any, *, num_classes: int, steps_per_epoch: int) -> Plateau | None:
    """Compile `part`, a `TrainedNetwork`, as the config's `training` section says.

    Returns the plateau rule where that is the schedule: it acts between epochs.
    """
    import keras

    peak = training.optimizer.parameters.learning_rate
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
            *(m.keras() for m in make_metrics(training, num_classes)),
        ],
        steps_per_execution=steps_per_execution(steps_per_epoch),
    )
    return plateau


def steps_per_execution(steps_per_epoch: int, at_most: int = 32) -> int:
    """The largest divisor of an epoch's steps up to `at_most`: so many steps run without a return to Python."""
    return max(n for n in range(1, min(steps_per_epoch, at_most) + 1) if steps_per_epoch % n == 0)


def network_class() -> Any:
    """Return the class `TrainedNetwork`: a keras.Model that counts the steps of an epoch with a finite loss."""
    import keras

    class FiniteSteps(keras.metrics.Metric):
        """Steps since the epoch's start whose loss was finite, up to the first that was not."""

        def __init__(self) -> None:
            super().__init__(name="finite_steps")
            self.steps = self.add_weight(shape=(), initializer="zeros", name="steps")
            self.finite = self.add_weight(shape=(), initializer="ones", name="finite")

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

        def compute_loss(self, *args: Any, **kwargs: Any) -> Any:
            loss = super().compute_loss(*args, **kwargs)
            if self.finite_steps is not None:
                self.finite_steps.update_state(loss)
            return loss

        def watch_loss(self) -> None:
            """Count the steps with a finite loss from now on, as the metric `finite_steps`."""
            self.finite_steps = FiniteSteps()

    return TrainedNetwork
