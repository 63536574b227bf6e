"""Whole networks: those of every shipped config, in both types; where a difference arises; what cannot be converted."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.config.load import load_config
from cnnlab.datasets import data_places, dataset_info
from cnnlab.datasets.channel_statistics import ChannelStatistics
from cnnlab.errors import CnnlabError
from cnnlab.numpy_cnn import layers
from cnnlab.training.model import build_model
from cnnlab.verify.network import check_network
from tests.conftest import REPOSITORY

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("verify")]

CONFIGS = sorted(path for path in (REPOSITORY / "configs").rglob("*.yaml"))


def model_of(path: Path) -> Any:
    config = load_config(path)
    item = config.data.dataset
    info = dataset_info(item.name, item.parameters, data_places(None, download=False))
    statistics = (
        ChannelStatistics((178.0, 137.0, 176.0), (60.0, 71.0, 54.0)) if config.data.standardize else None
    )
    return build_model(config.model, info, config.data.scale, statistics)


def pixels(model: Any, count: int = 4) -> np.ndarray:
    shape = (count, *model.input_shape[1:])
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def lab() -> Any:
    return model_of(REPOSITORY / "configs" / "verify.yaml")


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_config_converts_and_matches_in_both_types(path):
    model = model_of(path)
    for dtype in ("float64", "float32"):
        result, _ = check_network(model, pixels(model), dtype=dtype)
        wrong = [e for e in result.layers + result.gradients if not e.passed]
        assert result.passed, wrong
        assert result.weights == result.weights_numpy == model.count_params()
        assert len(result.layers) == len(model.layers) - 1  # all but the input
        assert len(result.gradients) == 1 + len(model.trainable_weights)


def test_the_lab_network_has_its_4266_weights_layer_by_layer():
    result, sides = check_network(lab(), pixels(lab()))
    assert result.weights == 4266
    counts = {name: count.keras for name, count in result.weights_by_layer.items() if count.keras}
    assert counts == {"conv_block_1_conv_1": 40, "conv_block_2_conv_1": 296, "classifier_1": 3930}
    assert sides["keras"].keys() == sides["numpy"].keys()


def test_the_first_difference_is_named(monkeypatch):
    right = layers.MaxPooling2D.forward
    monkeypatch.setattr(
        layers.MaxPooling2D, "forward", lambda self, *x, training=False: right(self, *x) + 1e-9
    )
    result, _ = check_network(lab(), pixels(lab()))
    assert not result.passed
    assert result.first_difference == "conv_block_1_max_pool"


def test_a_wrong_gradient_is_named_by_its_weight(monkeypatch):
    right = layers.Dense.backward

    def wrong(self: Any, upstream: Any) -> Any:
        result = right(self, upstream)
        self.gradients["bias"] = self.gradients["bias"] * (1 + 1e-9)
        return result

    monkeypatch.setattr(layers.Dense, "backward", wrong)
    result, _ = check_network(lab(), pixels(lab()))
    assert result.first_difference is None
    assert [g.name for g in result.gradients if not g.passed] == ["classifier_1/bias"]
    assert check_network(lab(), pixels(lab()), forward_only=True)[0].passed


def test_a_network_that_breaks_down_is_a_difference(monkeypatch):
    monkeypatch.setattr(layers.Flatten, "forward", lambda self, *x, training=False: x[0])
    result, _ = check_network(lab(), pixels(lab()))
    assert not result.passed
    assert result.error


def test_a_layer_without_a_twin_is_named():
    import keras

    inputs = keras.Input((8, 8, 1))
    x = keras.layers.DepthwiseConv2D(3, name="odd_one")(inputs)
    outputs = keras.layers.Dense(2)(keras.layers.Flatten()(x))
    with pytest.raises(CnnlabError, match="'odd_one' of class DepthwiseConv2D has no twin"):
        check_network(keras.Model(inputs, outputs), np.zeros((1, 8, 8, 1)))


def test_nested_and_shared_layers_and_layer_activations_in_another_type():
    import keras

    layers = keras.layers
    inputs = keras.Input((6, 6, 2))
    inner = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.Conv2D(3, 3, activation=layers.LeakyReLU(negative_slope=0.2), name="deep"),
            layers.Flatten(name="flat"),
        ],
        name="inner",
    )
    shared = layers.Dense(48, activation="tanh", name="shared")
    x = shared(inner(inputs))
    outputs = layers.Dense(3, activation="softmax", name="out")(shared(x))
    for dtype in ("float64", "float32"):
        result, sides = check_network(
            keras.Model(inputs, outputs), np.random.default_rng(0).normal(size=(3, 6, 6, 2)), dtype=dtype
        )
        assert result.passed, result
        assert "inner/deep/kernel" in [g.name for g in result.gradients]
        assert sides["keras"]["out"].dtype == np.dtype(dtype)
