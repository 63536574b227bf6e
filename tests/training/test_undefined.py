"""Figures that a split's images leave undefined: told before training, and no monitor."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.datasets import Dataset, DatasetInfo, Split
from cnnlab.errors import ConfigError
from cnnlab.training.prepare import require_fit
from cnnlab.training.undefined import undefined_notes, why_undefined
from tests.conftest import TINY
from tests.sample_configs import loaded


def data_of(
    train: list[int], validation: list[int] | None, test: list[int] | None, classes: int = 2
) -> Dataset:
    """Black images with these labels."""

    def split(labels: list[int]) -> Split:
        return Split(np.zeros((len(labels), 28, 28, 1), np.uint8), np.array(labels, np.int64))

    return Dataset(
        name="made",
        title="made",
        info=DatasetInfo((28, 28, 1), tuple("abc"[:classes])),
        train=split(train),
        validation=None if validation is None else split(validation),
        test=None if test is None else split(test),
        source="memory",
    )


def config_of(folder: Path, training: str = "", data: str = "") -> Any:
    text = TINY.replace("{epochs: 3,", f"{{epochs: 3, {training}").replace("train_size: 96, ", data)
    return loaded(folder, text)


BOTH = [0, 1] * 10


def test_each_split_without_a_class_is_told_once_with_the_figures(tmp_path: Path) -> None:
    data = data_of(BOTH, [0] * 5, [1] * 5)
    assert undefined_notes(config_of(tmp_path, "metrics: [recall], "), data) == [
        "The validation images hold none of class 'b': recall, auc, auc_pr, sensitivity are undefined there (nan).",
        "The test images hold none of class 'a': auc, specificity are undefined there (nan).",
    ]
    assert undefined_notes(config_of(tmp_path), data_of(BOTH, BOTH, BOTH)) == []
    assert undefined_notes(config_of(tmp_path), data_of(BOTH, BOTH, None)) == []


def test_a_class_without_images_is_told_where_no_figure_is_undefined_too(tmp_path: Path) -> None:
    data = data_of([0, 1, 2] * 5, [0, 1] * 5, None, classes=3)
    assert undefined_notes(config_of(tmp_path), data) == ["The validation images hold none of class 'c'."]
    assert undefined_notes(config_of(tmp_path, "metrics: [auc], "), data) == [
        "The validation images hold none of class 'c': auc is undefined there (nan)."
    ]
    assert undefined_notes(config_of(tmp_path), data, ["test"]) == []


def test_of_drawn_images_the_repeats_are_named(tmp_path: Path) -> None:
    """Two of 20 images validate: in some repeats of one class."""
    config = config_of(tmp_path, data="validation_fraction: 0.1, ")
    config = config.model_copy(update={"repeats": 8})
    (note,) = undefined_notes(config, data_of(BOTH, None, BOTH))
    assert note.startswith("The validation images of repeats ")
    assert (
        "hold none of one or more of the classes 'a', 'b': auc, auc_pr, sensitivity, specificity are" in note
    )
    assert note.endswith(" With data.stratified: true each class keeps its share of what is drawn.")
    stratified = config_of(tmp_path, data="validation_fraction: 0.1, stratified: true, ")
    assert undefined_notes(stratified.model_copy(update={"repeats": 8}), data_of(BOTH, None, BOTH)) == []
    config = config_of(tmp_path, "metrics: [auc], restore_best: val_auc, ", "validation_fraction: 0.1, ")
    config = config.model_copy(update={"repeats": 8})
    reason = why_undefined("val_auc", config, data_of(BOTH, None, BOTH))
    assert reason is not None and reason.startswith("val_auc is undefined in repeat ")
    assert reason.endswith("of every class, or draw them by class with data.stratified: true")
    given = why_undefined("val_auc", config, data_of(BOTH, [0] * 4, None))
    assert given is not None and given.endswith("of every class")


@pytest.mark.parametrize(
    ("training", "key"),
    [
        ("metrics: [auc], restore_best: val_auc, ", "training.restore_best"),
        (
            "metrics: [recall], early_stopping: {monitor: val_recall, patience: 1}, ",
            "training.early_stopping.monitor",
        ),
        (
            "metrics: [auc_pr], schedule: {name: reduce_on_plateau, monitor: val_auc_pr}, ",
            "training.schedule.monitor",
        ),
        ("metrics: [recall], restore_best: val_recall, ", "training.restore_best"),
        ("metrics: [f1_macro], restore_best: val_f1_macro, ", "training.restore_best"),
    ],
)
def test_a_monitor_that_the_validation_images_leave_undefined_is_refused(
    training: str, key: str, tmp_path: Path
) -> None:
    config = config_of(tmp_path, training)
    require_fit(config, data_of(BOTH, BOTH, None))
    with pytest.raises(ConfigError, match=rf"{key}: val_\w+ is undefined in repeat 0, .* none of class 'b'"):
        require_fit(config, data_of(BOTH, [0] * 4, None))
    with pytest.raises(ConfigError, match=rf"{key}"):
        require_fit(config, data_of(BOTH, [0], None))


@pytest.mark.parametrize("monitor", ["val_loss", "val_accuracy", "val_cross_entropy"])
def test_figures_that_any_images_define_may_choose(monitor: str, tmp_path: Path) -> None:
    require_fit(config_of(tmp_path, f"metrics: [auc], restore_best: {monitor}, "), data_of(BOTH, [1], None))
