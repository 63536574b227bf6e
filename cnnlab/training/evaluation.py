"""The final figures of a trained network, and its stored probabilities."""

from collections.abc import Callable
from typing import Any

import numpy as np

from cnnlab.datasets import Split
from cnnlab.metrics import cross_entropy
from cnnlab.training.network import make_metrics
from cnnlab.training.pipeline import EVALUATION_BATCH

SPLIT_CODES = {"train": 0, "validation": 1, "test": 2}


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
