"""The training itself: a network, its batches, and what happens between epochs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.backends import active
from cnnlab.backends.base import StepMetrics
from cnnlab.config.schema import Config
from cnnlab.errors import RunError
from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.inputs_log import InputsLog
from cnnlab.runs.metrics_log import MetricsLog
from cnnlab.training.checkpoint import Arrays, CheckpointClock, CheckpointFolder, State
from cnnlab.training.class_balance import logit_offsets
from cnnlab.training.devices import synchronized_normalization
from cnnlab.training.epoch_metrics import EpochMetrics, columns
from cnnlab.training.input_hashes import InputHashes
from cnnlab.training.inputs import TrainingInputs
from cnnlab.training.model import trainable_part
from cnnlab.training.network import (
    LearningRates,
    averaged_weights,
    compile_network,
    network_class,
    set_learning_rate,
    take_averages,
)
from cnnlab.training.pipeline import BatchPlan, evaluation_batches, training_batches
from cnnlab.training.progress import Pace, Stopwatch, TrainingProgress
from cnnlab.training.rules import Row, require_finite

VALIDATED, VALIDATED_BY_BEST, TRAINED = "validated", "validated_by_best", "trained"
METRICS, INPUTS = "metrics", "inputs"  # a checkpoint's lines of these files


@dataclass(frozen=True)
class Hooks:
    """What a training reports, and asks, while it runs."""

    report: Callable[[Row], None] = lambda row: None
    """Gets each epoch's row as it ends."""
    check: Callable[[], None] = lambda: None
    """Is called several times a second, and may raise `Stopped`: the training can then be saved and resumed later."""
    note: Callable[[str], None] = lambda sentence: None
    """Gets sentences that a person should read."""


@dataclass(frozen=True)
class Trained:
    """How long a network was trained; which epoch was kept by which figure, where that is not the last one."""

    epochs: int
    steps: int
    best_epoch: int | None
    chosen_by: str | None


class Fitting:
    """The training of one network: `run` it, `save` it at any moment that `Hooks.check` is called."""

    def __init__(
        self,
        config: Config,
        model: Any,
        inputs: TrainingInputs,
        seed: int,
        folder: RepeatFolder,
        checkpoints: CheckpointFolder,
        hooks: Hooks,
    ) -> None:
        """Make everything ready to train `model` in place, from its checkpoint if there is one."""
        self.training, self.hooks, self.checkpoints = config.training, hooks, checkpoints
        self.train, self.validation_split = inputs.splits.train, inputs.splits.validation
        self.averaging = self.training.weight_averaging is not None
        num_classes = model.output_shape[-1]
        self.plan = BatchPlan(
            self.training.batch_size,
            seed,
            self.training.epochs,
            num_classes,
            config.data.scale,
            config.augment,
            self.training.cpu_threads,
            self.training.steps_per_epoch,
            inputs.class_weights,
        )
        self.steps = self.plan.steps(len(self.train))
        self.part = trainable_part(model, network_class())
        self.part.watch_loss()
        assert self.train.labels is not None  # checked when the data were read
        self.train_labels = self.train.labels
        self.part.logit_offsets = logit_offsets(
            self.training.logit_adjustment, self.train_labels, num_classes
        )
        self.plateau = compile_network(
            self.part, self.training, num_classes=num_classes, steps_per_epoch=self.steps
        )
        self.progress = TrainingProgress.at_start(self.training, self.plateau)
        self.validated: np.ndarray | None = None
        """Probabilities of the validation images by the weights as they are, float32 (images, classes), if known."""
        self.trained: list[np.ndarray] = []
        """Those of the running epoch's training images so far, where a metric is computed from them."""
        kept = self._restore()
        figures = columns(config, num_classes, validated=self.validation_split is not None)
        self.log = MetricsLog(folder.metrics_path, figures, kept.get(METRICS, ()))
        self.inputs_log = InputsLog(folder.inputs_path, kept.get(INPUTS, ()))
        self.input_hashes = InputHashes(self.training.batch_size, self.steps)
        self.validation = self._validation_batches(config, num_classes)
        self.metrics = EpochMetrics(self.training, num_classes, hooks.note)
        self.train_loop = active().training_loop(self.part, keep=bool(self.metrics))
        self.test_loop = active().test_loop(self.part)
        self.rates = LearningRates(self.part)
        self.rates.write(folder.learning_rates_path, self.training.epochs, self.steps)
        self.train_pace, self.test_pace = Pace(), Pace()
        self.clock, self.watch = CheckpointClock(self.training.checkpoint_every), Stopwatch()
        self.epoch_end: tuple[Arrays, State] | None = None
        self._note_epoch_end()

    def run(self) -> Trained:
        """Train to the end; the model then has the weights that count."""
        position = self.progress.position
        batches = iter(self.batches())
        with synchronized_normalization(self.part, self.training.devices):
            while not self._over():
                self._run_epoch(batches)
        best = self.progress.best
        if best is not None and best.epoch is not None:
            self.part.set_weights(best.weights)
            self.validated = best.validated
        elif self.averaging:
            take_averages(self.part)
        if best is not None and best.epoch is None:
            self.hooks.note(
                f"{best.monitor} was undefined (nan) in every epoch: it chose none, and the last is kept."
            )
        return Trained(
            epochs=position.epoch,
            steps=position.epoch * self.steps,
            best_epoch=None if best is None else best.epoch,
            chosen_by=best.monitor if best is not None and best.epoch is not None else None,
        )

    def _over(self, epochs: int | None = None) -> bool:
        """Whether the training ends after so many epochs, by default those that have ended."""
        position = self.progress.position
        return (epochs or position.epoch) >= self.training.epochs or position.stopped_early

    def save(self) -> None:
        """Write a checkpoint of this moment; a disk that refuses costs no more than the checkpoint.

        With several devices it is one of the last epoch's end: within an epoch each has metrics of its own, of which
        only the sum is known here.
        """
        self.clock.begin()
        self.progress.position.seconds = self.watch.seconds
        arrays, state = self._state() if self.epoch_end is None else self.epoch_end
        try:
            self.log.flush()
            self.inputs_log.flush()
            self.checkpoints.save(arrays, state)
        except RunError as error:
            self.hooks.note(f"no checkpoint could be written: {error}")
        self.clock.end()

    def _state(self) -> tuple[Arrays, State]:
        """All that a checkpoint holds, as it is now."""
        from keras.ops import convert_to_numpy

        best = self.progress.best
        arrays = _named("variable", [convert_to_numpy(v) for v in self._variables()])
        arrays |= _named("best", [] if best is None else best.weights)
        validated = {
            VALIDATED: self.validated if self._over() else None,
            VALIDATED_BY_BEST: None if best is None else best.validated,
        }
        arrays |= {name: array for name, array in validated.items() if array is not None}
        arrays |= {TRAINED: np.concatenate(self.trained)} if self.trained else {}
        arrays |= {f"random_{name}": state for name, state in active().random_state().items()}
        return arrays, {**self.progress.state(), METRICS: self.log.lines[:], INPUTS: self.inputs_log.lines[:]}

    def _restore(self) -> dict[str, list[str]]:
        """Take over the newest checkpoint; returns its lines of metrics.csv and of inputs.csv."""
        found = self.checkpoints.load(self.hooks.note)
        if found is None:
            return {}
        arrays, state = found
        for variable, value in zip(self._variables(), _listed("variable", arrays), strict=True):
            variable.assign(value)
        drawn = {name: array for name, array in arrays.items() if name.startswith("random_")}
        active().restore_random_state({name.removeprefix("random_"): a for name, a in drawn.items()})
        self.progress.restore(state, _listed("best", arrays), arrays.get(VALIDATED_BY_BEST))
        self.validated = arrays.get(VALIDATED)
        self.trained = [arrays[TRAINED]] if TRAINED in arrays else []
        return {name: state[name] for name in (METRICS, INPUTS)}

    def _variables(self) -> list[Any]:
        """Everything that training changes within Keras: weights, random states, optimizer, metrics."""
        part = self.part
        return [*part.variables, *part.optimizer.variables, *part.metrics_variables]

    def batches(self) -> Any:
        """The batches that are still to come, as `training_batches` makes them."""
        position = self.progress.position
        first = position.epoch * self.steps + position.step
        return training_batches(self.train, self.plan, first, self.input_hashes.watch)

    def _run_epoch(self, batches: Any) -> None:
        position = self.progress.position
        self.watch, metrics, self.validated = Stopwatch(position.seconds), None, None
        if position.step == 0:
            position.learning_rate = self.rates.mean(self.steps)
        for count in self.train_pace.portions(self.steps, position.step):
            metrics = self.train_loop(batches, count, begin=position.step == 0)
            self.trained += [] if metrics.probabilities is None else [metrics.probabilities]
            first = position.epoch * self.steps + position.step
            position.step += count
            position.inputs = self.input_hashes.add(position.inputs, range(first, first + count))
            self._require_finite(metrics)
            self._pause(due=self.clock.due())
        if position.figures is None:
            figures = (metrics or self.train_loop(batches, 0)).figures
            if self.metrics:
                figures = figures | self.metrics.figures(self._labels_in_order(), self.trained)
            position.figures, self.trained = figures, []
        with averaged_weights(self.part, wanted=self.averaging):
            row: Row = {"epoch": position.epoch + 1, "learning_rate": position.learning_rate}
            row |= position.figures | self._validated()
            self._decide(row)
            if self._over(position.epoch + 1):
                self.metrics.note_undefined(row)
        self.log.append({**row, "seconds": self.watch.seconds})
        self.inputs_log.append(position.epoch + 1, position.inputs)
        self.hooks.report({**row, "seconds": self.watch.seconds})
        position.begin_next_epoch()
        self.watch = Stopwatch()
        self._note_epoch_end()
        self._pause(due=self.clock.due(epoch=position.epoch))

    def _labels_in_order(self) -> np.ndarray:
        """The labels of the running epoch's training images, as its batches have them: int64 (images,)."""
        count, epoch = len(self.train), self.progress.position.epoch
        return self.train_labels[self.plan.chosen(count, epoch, 0, self.plan.images(count))]

    def _note_epoch_end(self) -> None:
        if self.training.devices > 1:
            self.epoch_end = self._state()

    def _pause(self, *, due: bool) -> None:
        """A moment between steps at which the training can be saved, and stopped."""
        if due:
            self.save()
        self.hooks.check()

    def _require_finite(self, metrics: StepMetrics) -> None:
        position = self.progress.position
        if not metrics.all_finite:
            loss, step = metrics.figures["loss"], metrics.finite_steps + 1
            rate = self.rates.at(self.rates.steps_done - position.step + metrics.finite_steps)
            require_finite(position.epoch + 1, step, loss, rate)

    def _validated(self) -> dict[str, float]:
        """The figures on the validation split, where this epoch is one to validate after; else nothing.

        The probabilities are kept: where these weights stay, nothing has to be computed again.
        """
        epoch, training = self.progress.position.epoch + 1, self.training
        due = epoch % training.validation_every == 0 or epoch == training.epochs
        labels = None if self.validation_split is None else self.validation_split.labels
        if labels is None or not due:
            return {}
        batches, figures, validated, done = iter(self.validation), {}, [], 0
        for count in self.test_pace.portions(len(self.validation)):
            metrics = self.test_loop(batches, count, begin=done == 0)
            figures = metrics.figures
            validated += [] if metrics.probabilities is None else [metrics.probabilities]
            done += count
            self.hooks.check()
        self.validated = np.concatenate(validated) if validated else None
        if self.metrics:
            figures = figures | self.metrics.figures(labels, validated)
        return {f"val_{name}": value for name, value in figures.items()}

    def _decide(self, row: Row) -> None:
        """Let the rules act on an epoch's figures: best epoch, learning rate, stopping."""
        progress, plateau = self.progress, self.plateau
        if progress.best is not None:
            progress.best.offer(progress.position.epoch + 1, row, self.part.get_weights, self.validated)
        if plateau is not None and progress.lowering is not None and progress.lowering.exhausted(row):
            progress.lowering.waited = 0
            lowered = progress.position.learning_rate * plateau.factor
            set_learning_rate(self.part, max(lowered, plateau.min_learning_rate))
        if progress.stopping is not None and progress.stopping.exhausted(row):
            progress.position.stopped_early = True

    def _validation_batches(self, config: Config, num_classes: int) -> Any:
        if self.validation_split is None:
            return None
        return evaluation_batches(
            self.validation_split,
            num_classes=num_classes,
            scale=config.data.scale,
            threads=self.training.cpu_threads,
        )


def _named(kind: str, arrays: list[Any]) -> Arrays:
    return {f"{kind}_{index}": array for index, array in enumerate(arrays)}


def _listed(kind: str, arrays: Arrays) -> list[Any]:
    count = sum(name.startswith(f"{kind}_") for name in arrays)
    return [arrays[f"{kind}_{index}"] for index in range(count)]
