"""The metrics of an epoch that are computed from its probabilities, by the functions of the final figures."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from cnnlab.config.schema import Config
from cnnlab.config.training_section import Training
from cnnlab.training.network import make_metrics


class EpochMetrics:
    """Computes the metrics that Keras does not count step by step; false where there are none."""

    def __init__(self, training: Training, num_classes: int, note: Callable[[str], None]) -> None:
        """The metrics of a config; `note` gets a sentence about each that comes to be undefined."""
        self.metrics = [each for each in make_metrics(training, num_classes) if each.keras is None]
        self.note = note

    def __bool__(self) -> bool:
        return bool(self.metrics)

    def figures(self, labels: np.ndarray, probabilities: Sequence[np.ndarray]) -> dict[str, float]:
        """The metrics by their keys. labels: int64 (images,); probabilities: parts of float32 (images, classes)."""
        whole = np.concatenate(probabilities)
        return {each.key: each.value(labels, whole) for each in self.metrics}

    def note_undefined(self, row: Mapping[str, float | int | None]) -> None:
        """Report the figures that the last epoch leaves undefined although the labels would define them."""
        for each in self.metrics:
            for key in (each.key, f"val_{each.key}"):
                value = row.get(key)
                if value is not None and math.isnan(value) and each.reason:
                    self.note(f"{key} is undefined (nan) at the end: {each.reason}.")


def columns(config: Config, num_classes: int, *, validated: bool) -> list[str]:
    """The columns of metrics.csv, known before the first epoch."""
    figures = ["loss", "cross_entropy", *(m.key for m in make_metrics(config.training, num_classes))]
    validation = [f"val_{name}" for name in figures] if validated else []
    return ["epoch", "seconds", "learning_rate", *figures, *validation]
