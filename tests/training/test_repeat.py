"""Ensembles: members that differ, a saved model that averages them, and bits that no interruption changes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.runs.folder import RepeatFolder
from cnnlab.training.prepare import load_data
from cnnlab.training.seeds import member_seed
from tests.training.interrupted import checked, fingerprint, train

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("configs")]

CONFIG: dict[str, Any] = {
    "name": "members",
    "data": {"dataset": "mnist10k", "train_size": 60, "limit_per_split": 60},
    "preprocess": ["deskew"],
    "augment": [{"random_affine": {"shear": 0.3}}, {"random_elastic": {"displacement": 0.7}}],
    "model": [
        {"conv_block": {"convs": 1, "filters": 4, "batch_norm": True, "l2": 0.001}},
        "flatten",
        "classifier",
    ],
    "training": {"epochs": 2, "batch_size": 20, "threads": 1, "ensemble": 2},
}
OPENS_ALONE = """
import json, sys
import keras, numpy as np
model = keras.models.load_model(sys.argv[1])
images = np.load(sys.argv[2])
parts = [layer for layer in model.layers if layer.name.startswith("member_")]
front = keras.Model(model.inputs, model.get_layer("scale").output).predict(images, verbose=0)
members = [part.predict(front, verbose=0).tolist() for part in parts]
print(json.dumps([model.predict(images, verbose=0).tolist(), members]))
"""


@pytest.fixture(scope="module")
def ensemble(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a repeat with two members, trained without an interruption."""
    folder = tmp_path_factory.mktemp("ensemble")
    config = checked(CONFIG, folder)
    train(config, folder, load_data(config, None))
    return folder / "0"


def test_the_saved_model_averages_members_that_differ(ensemble: Path, tmp_path: Path) -> None:
    """In a process without cnnlab: the mean of the members' probabilities is the model's, and predictions.npz'."""
    stored = np.load(ensemble / "predictions.npz")
    data = load_data(checked(CONFIG, tmp_path), None)
    assert data.test is not None
    test = stored["split"] == 2
    np.save(tmp_path / "images.npy", data.test.images[stored["index"][test]])
    done = subprocess.run(
        [sys.executable, "-c", OPENS_ALONE, ensemble / "model.keras", tmp_path / "images.npy"],
        env=os.environ | {"KERAS_BACKEND": "tensorflow", "PYTHONPATH": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    whole, (one, two) = json.loads(done.stdout.splitlines()[-1])
    np.testing.assert_allclose(whole, (np.array(one) + np.array(two)) / 2, atol=1e-6)
    np.testing.assert_allclose(whole, stored["probabilities"][test], atol=1e-5)
    assert np.abs(np.array(one) - np.array(two)).max() > 0.01
    result = json.loads((ensemble / "result.json").read_text())
    assert result["ensemble"] == 2 and (ensemble / "members/1/metrics.csv").is_file()


def test_member_0_is_the_network_without_an_ensemble(ensemble: Path, tmp_path: Path) -> None:
    training = {**CONFIG["training"], "ensemble": 1}
    config = checked({**CONFIG, "training": training}, tmp_path)
    train(config, tmp_path, load_data(config, None))
    assert fingerprint(tmp_path / "0")["rows"] == fingerprint(ensemble)["rows"]
    assert member_seed(7, 0) == 7 and len({member_seed(7, k) for k in range(5)}) == 5


@pytest.mark.parametrize("stops", [(2,), (6, 3), (9,)], ids=str)
def test_interruptions_change_no_bit(ensemble: Path, tmp_path: Path, stops: tuple[int, ...]) -> None:
    """Stopped in the first member, in the second, and in both."""
    config = checked(CONFIG, tmp_path)
    train(config, tmp_path, load_data(config, None), stops)
    assert fingerprint(tmp_path / "0") == fingerprint(ensemble)
    assert not list(RepeatFolder(tmp_path / "0", 0).member(1).path.glob("checkpoint"))
