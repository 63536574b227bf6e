"""An epoch's figures are those of the functions that give the final ones."""

import math
from pathlib import Path

import numpy as np

from cnnlab.metrics import precision_recall, roc_auc
from cnnlab.training.epoch_metrics import EpochMetrics, columns
from tests.conftest import TINY
from tests.sample_configs import loaded

METRICS = "training: {metrics: [auc, precision], "
LABELS = np.array([0, 1, 1, 0])


def test_parts_of_an_epoch_are_measured_together_by_the_functions_of_the_final_figures(
    tmp_path: Path,
) -> None:
    config = loaded(tmp_path, TINY.replace("training: {", METRICS))
    metrics = EpochMetrics(config.training, 2, [].append)
    p = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]], np.float32)
    assert metrics
    assert metrics.figures(LABELS, [p[:3], p[3:]]) == {
        "auc": roc_auc(LABELS, p),
        "precision": precision_recall(LABELS, p)[0],
    }
    assert not EpochMetrics(loaded(tmp_path, TINY).training, 2, [].append)  # Keras counts accuracy


def test_what_the_last_epoch_leaves_undefined_is_told_with_the_reason(tmp_path: Path) -> None:
    notes: list[str] = []
    metrics = EpochMetrics(loaded(tmp_path, TINY.replace("training: {", METRICS)).training, 2, notes.append)
    row = {"epoch": 3, "auc": math.nan, "precision": 0.5, "val_precision": math.nan}
    metrics.note_undefined(row)
    assert len(notes) == 1  # that of the AUC was told before training, for it follows from the labels
    assert notes[0].startswith("val_precision is undefined (nan) at the end: no image is given to a class")


def test_kappa_of_one_class_alone_is_said_to_be_undefined(tmp_path: Path) -> None:
    notes: list[str] = []
    text = TINY.replace("training: {", "training: {metrics: [cohen_kappa, matthews, f1_macro], ")
    metrics = EpochMetrics(loaded(tmp_path, text).training, 2, notes.append)
    figures = metrics.figures(np.array([1, 1]), [np.array([[0.1, 0.9], [0.2, 0.8]], np.float32)])
    assert all(map(math.isnan, figures.values()))
    metrics.note_undefined({f"val_{key}": value for key, value in figures.items()})
    assert notes == [
        f"val_{key} is undefined (nan) at the end: all images are of one class, and given to it."
        for key in ("cohen_kappa", "matthews")  # that of f1_macro was told before training
    ]


def test_the_columns_are_known_before_the_first_epoch(tmp_path: Path) -> None:
    config = loaded(tmp_path, TINY.replace("training: {", METRICS))
    figures = ["loss", "cross_entropy", "accuracy", "auc", "precision"]
    assert columns(config, 10, validated=False) == ["epoch", "seconds", "learning_rate", *figures]
    assert columns(config, 10, validated=True)[-5:] == [f"val_{name}" for name in figures]
