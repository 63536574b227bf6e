"""A network for people."""

from pathlib import Path

import pytest

from cnnlab.datasets import DatasetInfo
from cnnlab.training.describe import describe_network
from tests.sample_configs import MINIMAL, loaded

INFO = DatasetInfo((28, 28, 1), tuple("0123456789"))


@pytest.mark.keras
def test_layers_come_with_shapes_and_weights_that_add_up(tmp_path: Path) -> None:
    text = MINIMAL.replace("mnist10k", "mnist10k\n  standardize: true")
    found = describe_network(loaded(tmp_path, text), INFO)
    assert [layer["name"] for layer in found["layers"][:3]] == ["image", "scale", "standardize"]
    assert found["layers"][-1] == {
        "name": "classifier_1",
        "kind": "Dense",
        "output_shape": [10],
        "weights": 7850,
    }
    assert sum(layer["weights"] for layer in found["layers"]) == found["weights"] == found["trainable"]
