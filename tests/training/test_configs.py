"""Every shipped config loads, builds, and takes its first steps, in one warm process."""

from pathlib import Path

import numpy as np
import pytest

from cnnlab.config.load import Options, load_config
from cnnlab.runs.folder import RepeatFolder
from tests.conftest import REPOSITORY

CONFIGS = sorted((REPOSITORY / "configs").rglob("*.yaml"))
SHORT = ("training.epochs=1", "data.train_size=20", "data.limit_per_split=20", "training.batch_size=10")


@pytest.mark.keras
@pytest.mark.xdist_group("configs")
@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_shipped_config_trains(path: Path, tmp_path: Path) -> None:
    """One epoch of two steps on bundled data: finite figures, probabilities that sum to one."""
    from cnnlab.executors.threads import resolve_threads
    from cnnlab.training.framework import import_keras
    from cnnlab.training.prepare import load_data
    from cnnlab.training.repeat import train_one

    import_keras()
    config = load_config(path, Options(bundled=True, smoke=True, overrides=SHORT))
    threads = resolve_threads("auto", config.repeats)
    training = config.training.model_copy(update={"threads": threads})
    config = config.model_copy(update={"training": training})
    folder = RepeatFolder(tmp_path / "0", 0).make()
    result = train_one(config, 0, folder, load_data(config, None))
    assert result.steps == 2
    assert all(np.isfinite(value) for figures in result.metrics.values() for value in figures.values())
    probabilities = np.load(folder.predictions_path)["probabilities"]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


@pytest.mark.keras
@pytest.mark.parametrize(
    ("name", "total", "trainable"),
    [
        ("mnist128/lab2024", 1_152_202, None),
        ("mnist128/lab2025", 133_826, None),
        ("pcam/lab2024_cnn", 2_450_818, None),
        ("pcam/lab2024_intended", 2_450_818, None),
        ("pcam/lab2025_resnet", 333_922, 332_514),
        ("pcam/lab2025_resnet_strided", 343_266, 341_410),
    ],
)
def test_a_published_network_has_its_weights(name: str, total: int, trainable: int | None) -> None:
    """The numbers of the reports."""
    from cnnlab.datasets import data_places, dataset_info
    from cnnlab.training.describe import describe_network

    config = load_config(REPOSITORY / "configs" / f"{name}.yaml")
    item = config.data.dataset
    network = describe_network(
        config, dataset_info(item.name, item.parameters, data_places(None, download=False))
    )
    assert network["weights"] == total
    assert trainable is None or network["trainable"] == trainable


@pytest.mark.keras
def test_the_strided_network_penalizes_every_parameter_and_nothing_else() -> None:
    """torch's weight_decay of 1e-4 pulls each parameter w by 1e-4 w: so must the gradient of the penalties."""
    import tensorflow as tf

    from cnnlab.datasets import DatasetInfo
    from cnnlab.training.model import build_model

    config = load_config(REPOSITORY / "configs/pcam/lab2025_resnet_strided.yaml")
    model = build_model(config.model, DatasetInfo((32, 32, 3), ("normal", "tumour")), config.data.scale)
    for weight in model.trainable_weights:
        weight.assign(tf.random.stateless_normal(weight.shape, [0, len(weight.path)]))
    with tf.GradientTape() as tape:
        penalty = tf.add_n(model.losses)
    for weight, gradient in zip(
        model.trainable_weights,
        tape.gradient(penalty, [w.value for w in model.trainable_weights]),
        strict=True,
    ):
        np.testing.assert_allclose(gradient, 1e-4 * np.asarray(weight), rtol=1e-5, err_msg=weight.path)
