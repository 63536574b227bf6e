"""Standardised input, weighted classes and epochs of given length, trained in one warm process."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.config.load import check, document_of
from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.metrics_log import read_metrics
from cnnlab.runs.result import Result
from tests.datasets.pcam_files import write_lab

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("configs")]


def checked(folder: Path, **changes: Any) -> Any:
    """A config on the lab's files in `folder`, with changes to its sections `data` and `training`."""
    data = {"dataset": "pcam_lab", "scale": [0, 1]} | changes.pop("data", {})
    training = {"epochs": 2, "batch_size": 8, "threads": 1} | changes.pop("training", {})
    plain: dict[str, Any] = {
        "name": "x",
        "data": data,
        "model": [{"conv_block": {"filters": 2, "convs": 1}}, "flatten", "classifier"],
        "training": training,
    }
    return check(document_of(plain | changes, folder / "config.yaml"))


def trained(config: Any, folder: Path, name: str = "0") -> tuple[Result, RepeatFolder]:
    """Train repeat 0 on the data in `folder`; returns its result, and its own folder `name` there."""
    from cnnlab.training.prepare import load_data
    from cnnlab.training.repeat import train_one

    repeat = RepeatFolder(folder / name, 0).make()
    return train_one(config, 0, repeat, load_data(config, folder)), repeat


@pytest.mark.parametrize("budget", [0, "1 GB"])
def test_the_saved_model_standardizes_by_its_training_images_alone(tmp_path: Path, budget: Any) -> None:
    """Statistics of the images drawn for training, none of the others; in result.json and, weightless, in the model."""
    import keras

    from cnnlab.training.inputs import drawn_splits
    from cnnlab.training.prepare import load_data

    write_lab(tmp_path / "pcam_lab", side=32)
    config = checked(tmp_path, data={"standardize": True, "train_size": 20, "memory_budget": budget})
    result, folder = trained(config, tmp_path)
    splits = drawn_splits(config, load_data(config, tmp_path), result.seed)
    pixels = np.asarray(splits.train.images)
    assert len(pixels) == 20
    told = result.input.standardize
    np.testing.assert_allclose(told.mean, pixels.mean(axis=(0, 1, 2)))
    np.testing.assert_allclose(told.sd, pixels.std(axis=(0, 1, 2)))
    model = keras.saving.load_model(folder.model_path, compile=False)
    assert [layer.name for layer in model.layers[:3]] == ["image", "scale", "standardize"]
    assert not model.get_layer("standardize").weights
    seen = keras.Model(model.inputs[0], model.get_layer("standardize").output)(pixels.astype("float32"))
    np.testing.assert_allclose(np.mean(seen, axis=(0, 1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(np.std(seen, axis=(0, 1, 2)), 1, atol=1e-5)
    stored = np.load(folder.predictions_path)
    test = np.asarray(splits.test.images).astype("float32")
    np.testing.assert_allclose(
        model.predict(test, verbose=0), stored["probabilities"][stored["split"] == 2], atol=1e-6
    )


def test_without_it_there_is_no_such_layer(tmp_path: Path) -> None:
    import keras

    write_lab(tmp_path / "pcam_lab", side=32)
    result, folder = trained(checked(tmp_path), tmp_path)
    assert result.input.standardize is None and result.class_weights is None
    names = [layer.name for layer in keras.saving.load_model(folder.model_path, compile=False).layers]
    assert "standardize" not in names


@pytest.mark.parametrize(
    ("weights", "expected"), [(None, (1, 1)), ({"tumour": 3.0}, (1, 3)), ("balanced", (1, 1))]
)
def test_a_class_weighs_in_the_training_loss_alone(tmp_path: Path, weights: Any, expected: Any) -> None:
    """With a learning rate of almost 0, the epoch's loss is the weighted mean of what the images cost at the end."""
    write_lab(tmp_path / "pcam_lab", side=32)
    optimizer = {"name": "sgd", "learning_rate": 1e-12}
    config = checked(tmp_path, training={"epochs": 1, "class_weights": weights, "optimizer": optimizer})
    result, folder = trained(config, tmp_path)
    columns = read_metrics(folder.metrics_path)
    stored = np.load(folder.predictions_path)
    chosen = stored["split"] == 0
    labels, probabilities = stored["label"][chosen], stored["probabilities"][chosen]
    costs = -np.log(probabilities[np.arange(len(labels)), labels])
    assert columns["loss"][0] == pytest.approx(np.mean(np.array(expected)[labels] * costs), rel=1e-4)
    assert columns["cross_entropy"][0] == pytest.approx(np.mean(costs), rel=1e-4)
    assert columns["val_loss"][0] == pytest.approx(columns["val_cross_entropy"][0], rel=1e-5)
    assert result.class_weights == (None if weights is None else pytest.approx(expected))


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_logits_are_adjusted_in_the_training_loss_alone(tmp_path: Path, strength: float) -> None:
    """With a learning rate of almost 0, the epoch's loss is what the images cost at the end, shares multiplied in."""
    write_lab(tmp_path / "pcam_lab", side=32)
    optimizer = {"name": "sgd", "learning_rate": 1e-12}
    training = {"epochs": 1, "logit_adjustment": strength, "optimizer": optimizer}
    _, folder = trained(checked(tmp_path, data={"train_size": 15}, training=training), tmp_path)
    columns = read_metrics(folder.metrics_path)
    stored = np.load(folder.predictions_path)
    chosen = stored["split"] == 0
    labels, probabilities = stored["label"][chosen], stored["probabilities"][chosen]
    shares = np.bincount(labels, minlength=2) / len(labels)
    assert shares[0] != shares[1]
    adjusted = probabilities * shares**strength
    costs = -np.log(adjusted[np.arange(len(labels)), labels] / adjusted.sum(axis=1))
    assert columns["loss"][0] == pytest.approx(np.mean(costs), rel=1e-4)
    plain = -np.log(probabilities[np.arange(len(labels)), labels])
    assert columns["cross_entropy"][0] == pytest.approx(np.mean(plain), rel=1e-4)
    assert columns["val_loss"][0] == pytest.approx(columns["val_cross_entropy"][0], rel=1e-5)


def test_an_epoch_of_given_length(tmp_path: Path) -> None:
    """12 steps of 8 are 2.4 passes through 40 images; the learning rate's schedule knows."""
    write_lab(tmp_path / "pcam_lab", side=32)
    schedule = {"name": "step", "every_epochs": 1, "factor": 0.5}
    config = checked(tmp_path, training={"steps_per_epoch": 12, "schedule": schedule})
    result, folder = trained(config, tmp_path)
    assert result.steps == 24
    assert read_metrics(folder.metrics_path)["learning_rate"] == pytest.approx([1e-3, 5e-4])
