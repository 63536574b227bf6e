"""The training itself: a network, its batches, and what happens between epochs."""

from collections.abc import Callable
from typing import Any

from cnnlab.model import trainable_part
from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.metrics_log import MetricsLog
from cnnlab.training.callbacks import BestEpoch, Row, callbacks
from cnnlab.training.network import compile_network, make_metrics, network_class
from cnnlab.training.pipeline import BatchPlan, evaluation_batches, training_batches


def fit(
    config: Any,
    model: Any,
    splits: dict[str, Any],
    seed: int,
    folder: RepeatFolder,
    report: Callable[[Row], None],
    check: Callable[[], None],
    class_weights: tuple[float, ...] | None = None,
) -> dict[str, Any]:
    """Train `model` in place, each class with its weight; returns what the result says of the training."""
    training, num_classes = config.training, model.output_shape[-1]
    plan = BatchPlan(
        training.batch_size,
        seed,
        training.epochs,
        num_classes,
        config.data.scale,
        config.augment,
        training.threads,
        training.steps_per_epoch,
        class_weights,
    )
    part = trainable_part(model, network_class())
    part.watch_loss()
    steps = plan.steps(len(splits["train"]))
    plateau = compile_network(part, training, num_classes=num_classes, steps_per_epoch=steps)
    keep = BestEpoch(training.restore_best) if training.restore_best or training.weight_averaging else None
    log = MetricsLog(
        folder.metrics_path, columns(config, num_classes, validated=splits["validation"] is not None)
    )
    rows: list[Row] = []

    def record(row: Row) -> None:
        rows.append(row)
        log.append(row)
        report(row)

    validation: dict[str, Any] = {}
    if splits["validation"] is not None:
        validation = {
            "validation_data": evaluation_batches(
                splits["validation"],
                num_classes=num_classes,
                scale=config.data.scale,
                threads=training.threads,
            ),
            "validation_freq": validation_epochs(training.epochs, training.validation_every),
        }
    part.fit(
        training_batches(splits["train"], plan),
        epochs=training.epochs,
        steps_per_epoch=steps,
        verbose=0,
        shuffle=False,  # the batches come in their own order
        callbacks=callbacks(training, plateau, keep, record, check),
        **validation,
    )
    if keep is not None and keep.weights:
        part.set_weights(keep.weights)
    best = keep.epoch if keep is not None and training.restore_best else None
    return {
        "epochs": len(rows),
        "steps": len(rows) * steps,
        "best_epoch": best,
        "chosen_by": training.restore_best if best is not None else None,
    }


def columns(config: Any, num_classes: int, *, validated: bool) -> list[str]:
    """The columns of metrics.csv, known before the first epoch."""
    figures = ["loss", "cross_entropy", *(m.key for m in make_metrics(config.training, num_classes))]
    validation = [f"val_{name}" for name in figures] if validated else []
    return ["epoch", "seconds", "learning_rate", *figures, *validation]


def validation_epochs(epochs: int, every: int) -> list[int]:
    """The epochs, counted from 1, after which is validated: every so many, and the last."""
    return sorted({*range(every, epochs + 1, every), epochs})
