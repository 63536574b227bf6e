"""The network that a config describes."""

from pathlib import Path

import numpy as np
import pytest

from cnnlab.config.load import load_config
from tests.conftest import REPOSITORY
from tests.sample_configs import MINIMAL, loaded


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


@pytest.mark.keras
def test_statistics_stand_in_for_those_of_images_that_are_not_read_yet(tmp_path: Path) -> None:
    """Where the config standardizes, and nowhere else; the seed draws the weights."""
    from cnnlab.datasets import DatasetInfo
    from cnnlab.training.model import build_network

    info = DatasetInfo((28, 28, 1), tuple("0123456789"))
    plain = build_network(loaded(tmp_path, MINIMAL), info, 1)
    assert "standardize" not in [layer.name for layer in plain.layers]
    config = loaded(tmp_path, MINIMAL.replace("mnist10k", "mnist10k\n  standardize: true"))
    networks = [build_network(config, info, seed) for seed in (1, 1, 2)]
    layer = networks[0].get_layer("standardize")
    assert (float(np.ravel(layer.mean)[0]), float(np.ravel(layer.variance)[0])) == (
        -1.0,
        pytest.approx((2 / 255) ** 2),
    )
    first, again, other = (network.get_weights()[0] for network in networks)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
