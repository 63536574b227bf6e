"""One repeat, from its seed to its results: (config, repeat, folder, data) -> result."""

import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from cnnlab.datasets import Dataset, Split
from cnnlab.datasets.memory import within_budget
from cnnlab.datasets.splits import draw_split
from cnnlab.metrics import cross_entropy
from cnnlab.model import build_model, trainable_part
from cnnlab.runs.atomic import atomic_path, write_json
from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.metrics_log import MetricsLog
from cnnlab.training.callbacks import BestEpoch, Row, callbacks
from cnnlab.training.framework import import_keras
from cnnlab.training.network import compile_network, make_metrics, network_class
from cnnlab.training.pipeline import EVALUATION_BATCH, BatchPlan, evaluation_batches, training_batches
from cnnlab.training.seeds import repeat_seed, split_generator

SPLIT_CODES = {"train": 0, "validation": 1, "test": 2}


def train_one(
    config: Any,
    repeat: int,
    folder: RepeatFolder,
    data: Dataset,
    *,
    device: str = "CPU",
    report: Callable[[Row], None] = lambda row: None,
    check: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Train and evaluate repeat `repeat` (from 0), write its files into `folder`, and return its result.

    `report` gets each epoch's row as it ends; `check` is called after each batch and may raise `Stopped`.
    Raises LossNotFinite when the loss does not stay finite.
    """
    started = time.perf_counter()
    seed = repeat_seed(config.seed, repeat)
    splits = within_budget(drawn_splits(config, data, seed), config.data.memory_budget)
    keras = import_keras()
    keras.backend.clear_session()  # names that a person's own block leaves to Keras start anew for each repeat
    keras.utils.set_random_seed(seed)
    model = build_model(config.model, data.info, config.data.scale)
    history = fit(config, model, splits, seed, folder, report, check)
    trained = time.perf_counter()
    figures, predictions = evaluate(config, model, splits, data.info.num_classes, check)
    result = {
        "repeat": repeat,
        "seed": seed,
        "metrics": figures,
        **history,
        "weights": {"total": model.count_params(), "trainable": _count(model.trainable_weights)},
        "sizes": {name: len(split) for name, split in splits.items() if split is not None},
        "class_names": list(data.info.class_names),
        "input": {"shape": list(data.info.image_shape), "range": [0, 255]},
        "seconds": {"training": trained - started, "evaluation": time.perf_counter() - trained},
        "peak_memory_bytes": peak_memory(),
        "device": device,
    }
    with atomic_path(folder.model_path) as path:
        model.save(path)
    with atomic_path(folder.predictions_path) as path:
        np.savez_compressed(path, **predictions)  # type: ignore[arg-type]
    write_json(folder.result_path, result)
    return result


def drawn_splits(config: Any, data: Dataset, seed: int) -> dict[str, Any]:
    """The repeat's train, validation and test parts, limited as the config says; None where there is none."""
    splits = draw_split(
        data,
        train_size=config.data.train_size,
        validation_fraction=config.data.validation_fraction,
        rng=split_generator(seed),
    )
    parts = {"train": splits.train, "validation": splits.validation, "test": splits.test}
    return {
        name: None if part is None else limited(part, config.data.limit_per_split)
        for name, part in parts.items()
    }


def limited(split: Any, limit: int | None) -> Any:
    """At most `limit` images of a split, evenly spaced over it, since a test set may be sorted by class."""
    if limit is None or len(split) <= limit:
        return split
    return split.take(np.arange(limit) * len(split) // limit)


def fit(
    config: Any,
    model: Any,
    splits: dict[str, Any],
    seed: int,
    folder: RepeatFolder,
    report: Callable[[Row], None],
    check: Callable[[], None],
) -> dict[str, Any]:
    """Train `model` in place; returns what the result says of the training."""
    training, num_classes = config.training, model.output_shape[-1]
    plan = BatchPlan(
        training.batch_size,
        seed,
        training.epochs,
        num_classes,
        config.data.scale,
        config.augment,
        training.threads,
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


def evaluate(
    config: Any, model: Any, splits: dict[str, Any], num_classes: int, check: Callable[[], None]
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Final figures of each split, all from stored probabilities, and the arrays of predictions.npz.

    `loss` is Keras' own: mean cross-entropy (with the config's label smoothing) plus the penalties;
    `cross_entropy` is without smoothing and penalties. Hidden labels (-1) give no figures.
    """
    penalties = float(sum(float(value) for value in model.losses))
    figures: dict[str, Any] = dict.fromkeys(SPLIT_CODES)
    columns: dict[str, list[np.ndarray]] = {"split": [], "index": [], "label": [], "probabilities": []}
    for name, part in splits.items():
        if part is None:
            continue
        probabilities = predict(model, part, check)
        labels = part.labels
        if labels is not None:
            figures[name] = split_figures(config, labels, probabilities, num_classes, penalties)
        columns["split"].append(np.full(len(part), SPLIT_CODES[name], np.uint8))
        columns["index"].append(part.indices.astype(np.int64))
        columns["label"].append(np.full(len(part), -1, np.int64) if labels is None else labels)
        columns["probabilities"].append(probabilities)
    return figures, {name: np.concatenate(arrays) for name, arrays in columns.items()}


def split_figures(
    config: Any, labels: np.ndarray, probabilities: np.ndarray, num_classes: int, penalties: float
) -> dict[str, float]:
    """Loss, cross-entropy and the config's metrics of one split."""
    smoothed = cross_entropy(labels, probabilities, config.training.label_smoothing)
    plain = {"loss": smoothed + penalties, "cross_entropy": cross_entropy(labels, probabilities)}
    return plain | {m.key: m.value(labels, probabilities) for m in make_metrics(config.training, num_classes)}


def predict(model: Any, split: Split, check: Callable[[], None]) -> np.ndarray:
    """Class probabilities of a split's images from pixel values: float32 (n, classes)."""
    import tensorflow as tf

    forward = tf.function(lambda x: model(x, training=False), reduce_retracing=True)
    parts = []
    for start in range(0, len(split), EVALUATION_BATCH):
        images = tf.cast(tf.constant(split.images[start : start + EVALUATION_BATCH]), tf.float32)
        parts.append(forward(images).numpy())
        check()
    return np.concatenate(parts)


def peak_memory() -> int:
    """The largest resident memory of this process so far, in bytes."""
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return usage if sys.platform == "darwin" else usage * 1024


def _count(weights: list[Any]) -> int:
    return int(sum(np.prod(weight.shape) for weight in weights))
