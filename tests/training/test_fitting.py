"""The options of `training`, in one warm process: what the saved model is, and what the figures are of."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.config.load import check, document_of
from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.metrics_log import read_metrics
from cnnlab.runs.result import Result

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("configs")]

BASE: dict[str, Any] = {
    "name": "options",
    "data": {"dataset": "mnist10k", "train_size": 100, "limit_per_split": 200},
    "model": [
        {"conv_block": {"convs": 1, "filters": 4, "batch_norm": True, "momentum": 0.5}},
        "flatten",
        "classifier",
    ],
}
FAST = {"epochs": 6, "batch_size": 20, "threads": 1, "optimizer": {"name": "adam", "learning_rate": 0.02}}


def trained(
    folder: Path, training: dict[str, Any], notes: list[str] | None = None, **changes: Any
) -> tuple[Result, dict[str, list[Any]]]:
    """Train repeat 0; returns its result and the columns of its metrics.csv; `notes` gets what is noted."""
    from cnnlab.training.fitting import Hooks
    from cnnlab.training.framework import import_keras
    from cnnlab.training.prepare import load_data
    from cnnlab.training.repeat import train_one

    keras = import_keras()
    config = check(document_of({**BASE, **changes, "training": FAST | training}, folder / "config.yaml"))
    keras.config.set_dtype_policy(config.training.precision)
    repeat = RepeatFolder(folder / "0", 0).make()
    try:
        hooks = Hooks(note=(notes if notes is not None else []).append)
        result = train_one(config, 0, repeat, load_data(config, None), hooks=hooks)
    finally:
        keras.config.set_dtype_policy("float32")
    return result, read_metrics(repeat.metrics_path)


@pytest.mark.parametrize(
    "training",
    [
        {},
        {"weight_averaging": {"momentum": 0.8}},
        {"weight_averaging": {"momentum": 0.8}, "restore_best": "val_accuracy"},
        {"weight_averaging": {"momentum": 0.8}, "early_stopping": {"patience": 1, "min_delta": 10.0}},
        {"restore_best": "val_loss"},
        {"restore_best": "val_loss", "early_stopping": {"monitor": "val_loss", "patience": 1}},
        {"label_smoothing": 0.1, "schedule": {"name": "cosine", "warmup": 0.3}},
        {"optimizer": {"name": "sgd", "learning_rate": 0.1, "momentum": 0.9, "nesterov": True}},
        {
            "optimizer": {"name": "rmsprop", "learning_rate": 0.01},
            "schedule": {"name": "step", "every_epochs": 2},
        },
        {"optimizer": {"name": "adamw", "learning_rate": 0.02, "weight_decay": 0.01}},
    ],
    ids=str,
)
def test_the_saved_model_is_the_one_that_was_validated(training: dict[str, Any], tmp_path: Path) -> None:
    """The final validation figures are those of the chosen epoch in metrics.csv: the best, or the last."""
    result, columns = trained(tmp_path, training)
    epoch = result.best_epoch or result.epochs
    monitor = training.get("restore_best")
    assert result.chosen_by == monitor
    if monitor is not None:
        values = columns[monitor]
        best = min if monitor == "val_loss" else max
        assert epoch == values.index(best(values)) + 1
    row = columns["epoch"].index(float(epoch))
    for name in ("loss", "cross_entropy", "accuracy"):
        assert result.metrics["validation"][name] == pytest.approx(columns[f"val_{name}"][row], rel=2e-4), (
            name
        )


def test_early_stopping_ends_after_patience_validations(tmp_path: Path) -> None:
    """With an improvement asked for that cannot come, it stops after 1 + patience validations."""
    rule = {"monitor": "val_accuracy", "patience": 2, "min_delta": 0.99}
    result, _ = trained(tmp_path, {"early_stopping": rule})
    assert result.epochs == 3
    assert result.steps == 15


def test_the_plateau_rule_lowers_the_learning_rate(tmp_path: Path) -> None:
    """By `factor` after each `patience` validations without improvement, down to the floor."""
    rule = {
        "name": "reduce_on_plateau",
        "factor": 0.1,
        "patience": 1,
        "min_delta": 100.0,
        "min_learning_rate": 1e-3,
    }
    _, columns = trained(tmp_path, {"schedule": rule})
    np.testing.assert_allclose(columns["learning_rate"], [0.02, 0.02, 0.002, 0.001, 0.001, 0.001], rtol=1e-5)


def test_all_metrics_appear_in_curves_and_results(tmp_path: Path) -> None:
    """The chosen epoch's figures are the final ones on the validation split: to the bit, or as Keras rounds them."""
    of_classes = ["f1_macro", "balanced_accuracy", "cohen_kappa", "matthews"]
    names = ["accuracy", "auc", "precision", "recall", *of_classes]
    asked = [*names, {"top_k": {"k": 3}}]
    result, columns = trained(tmp_path, {"metrics": asked, "restore_best": "val_f1_macro"})
    assert result.chosen_by == "val_f1_macro" and result.best_epoch
    for name in (*names, "top_3"):
        tolerance = 1e-6 if name in ("accuracy", "top_3") else 0.0  # which Keras counts, in float32
        ours = result.metrics["validation"][name]
        theirs = columns[f"val_{name}"][list(columns["epoch"]).index(result.best_epoch)]
        assert ours == pytest.approx(theirs, rel=0, abs=tolerance), name


def test_a_figure_that_is_never_defined_chooses_no_epoch_and_the_last_one_is_kept(tmp_path: Path) -> None:
    """Ten classes by four small numbers, and nothing is learnt: none has more than one half, precision is 0 of 0."""
    slow = {"name": "sgd", "learning_rate": 1e-9}
    model = [{"conv_block": {"convs": 1, "filters": 4}}, "global_average_pool", "classifier"]
    rule = {"monitor": "val_precision", "patience": 1}
    notes: list[str] = []
    options = {"metrics": ["precision"], "restore_best": "val_precision", "early_stopping": rule}
    result, columns = trained(tmp_path, {**options, "epochs": 3, "optimizer": slow}, notes, model=model)
    assert all(map(math.isnan, columns["val_precision"]))
    assert (result.epochs, result.best_epoch, result.chosen_by) == (3, None, None)
    assert [note for note in notes if "val_precision was undefined (nan) in every epoch" in note]
    assert math.isnan(result.metrics["validation"]["precision"])


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_trains_and_saves_float32_probabilities(precision: str, tmp_path: Path) -> None:
    """The classifier and the stored probabilities stay float32; plateau and averaging work on the inner optimizer."""
    rule = {"name": "reduce_on_plateau", "patience": 1, "min_delta": 100.0}
    options = {"precision": precision, "schedule": rule, "weight_averaging": {"momentum": 0.5}}
    result, columns = trained(tmp_path, options)
    assert columns["learning_rate"][-1] < columns["learning_rate"][0]
    assert result.metrics["train"]["accuracy"] > 0.3
    assert np.load(tmp_path / "0/predictions.npz")["probabilities"].dtype == np.float32


def test_without_validation_there_are_no_validation_figures(tmp_path: Path) -> None:
    """No column, no figure, and training continues."""
    data = {**BASE["data"], "validation_fraction": 0.0}
    result, columns = trained(tmp_path, {"epochs": 2}, data=data)
    assert result.metrics["validation"] == {}
    assert not [name for name in columns if name.startswith("val_")]
