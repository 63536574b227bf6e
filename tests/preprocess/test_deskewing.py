"""Deskewing: against a plain reference, at its edges, in a training, and in a model that Keras opens alone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.config.load import check, document_of
from cnnlab.datasets.base import DatasetInfo
from cnnlab.runs.folder import RepeatFolder
from tests.sample_configs import MINIMAL, loaded, refusal

INFO = DatasetInfo((28, 28, 1), ("a", "b"))


def deskewed(images: np.ndarray, step: Any = "deskew", info: DatasetInfo = INFO) -> np.ndarray:
    from cnnlab.training.model import preprocessing_model

    steps = check(document_of(BASE | {"preprocess": [step]}, Path("config.yaml"))).preprocess
    return np.asarray(preprocessing_model(steps, info)(images.astype(np.float32)))


def moments(image: np.ndarray) -> tuple[float, float, float]:
    """Row and column of the ink's centre, from the middle, and columns that its axis moves for each row."""
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    total = image.sum()
    row, column = (image * rows).sum() / total, (image * columns).sum() / total
    variance = (image * (rows - row) ** 2).sum() / total
    product = (image * (rows - row) * (columns - column)).sum() / total
    middle = (np.array(image.shape) - 1) / 2
    return row - middle[0], column - middle[1], product / variance


def bars(count: int = 6) -> np.ndarray:
    """Blurred bars at slants between -0.8 and 0.8, off the middle: uint8 (count, 28, 28, 1)."""
    rows, columns = np.mgrid[:28, :28].astype(float)
    images = []
    for slant, row, column in zip(
        np.linspace(-0.8, 0.8, count), np.linspace(-2, 2, count), np.linspace(3, -3, count), strict=True
    ):
        r, c = rows - 13.5 - row, columns - 13.5 - column
        images.append(255 * np.exp(-((c - slant * r) ** 2) / 4 - (r / 6) ** 4))
    return np.stack(images)[..., None].round().astype(np.uint8)


@pytest.mark.keras
def test_the_axis_stands_upright_in_the_middle() -> None:
    for before, after in zip(bars(), deskewed(bars()), strict=True):
        assert max(map(abs, moments(before[..., 0].astype(float)))) > 0.4
        np.testing.assert_allclose(moments(after[..., 0]), 0, atol=0.02)
        assert after.sum() == pytest.approx(before.sum(), rel=0.01)
        assert after.min() >= 0 and after.max() <= 255


@pytest.mark.keras
def test_it_reads_the_places_of_a_plain_reference() -> None:
    from scipy.ndimage import map_coordinates

    rows, columns = np.mgrid[:28, :28].astype(float)
    for before, after in zip(bars(), deskewed(bars()), strict=True):
        image = before[..., 0].astype(float)
        row, column, slant = moments(image)
        places = [rows + row, columns + column + slant * (rows - 13.5)]
        expected = map_coordinates(image, places, order=1, mode="grid-constant")
        np.testing.assert_allclose(after[..., 0], expected, atol=0.05)


@pytest.mark.keras
def test_ink_may_be_dark_and_no_ink_changes_nothing() -> None:
    dark: Any = {"deskew": {"ink": "dark"}}
    np.testing.assert_allclose(deskewed(255 - bars(), dark), 255 - deskewed(bars()), atol=0.01)
    empty = np.zeros((1, 28, 28, 1), np.uint8)
    np.testing.assert_array_equal(deskewed(empty), empty)
    one_row = empty.copy()
    one_row[0, 9, 3:20] = 200
    assert np.isfinite(deskewed(one_row)).all() and deskewed(one_row).sum() == pytest.approx(
        200 * 17, rel=0.01
    )


@pytest.mark.keras
def test_the_shear_is_limited_and_channels_move_together() -> None:
    limited: Any = {"deskew": {"max_shear": 0.0}}
    after = deskewed(bars(), limited)[0, ..., 0]
    np.testing.assert_allclose(moments(after)[:2], 0, atol=0.02)
    assert moments(after)[2] == pytest.approx(moments(bars()[0, ..., 0].astype(float))[2], abs=0.02)
    colour = np.repeat(bars(), 3, axis=-1)
    info = DatasetInfo((28, 28, 3), ("a", "b"))
    np.testing.assert_allclose(
        deskewed(colour, info=info), np.repeat(deskewed(bars()), 3, axis=-1), atol=1e-2
    )


BASE: dict[str, Any] = {
    "name": "deskewed",
    "data": {"dataset": "mnist10k", "train_size": 60, "limit_per_split": 100},
    "preprocess": ["deskew"],
    "augment": [
        {"random_affine": {"rotation_degrees": 20.0, "shear": 0.3}},
        {"random_elastic": {"displacement": 0.7}},
        {"random_stroke_width": {"factor": 0.5}},
    ],
    "model": [{"conv_block": {"convs": 1, "filters": 4}}, "flatten", "classifier"],
    "training": {"steps": 7, "batch_size": 20, "threads": 1},
}

OPENS_ALONE = """
import json, sys
import keras, numpy as np
model = keras.models.load_model(sys.argv[1])
images = np.load(sys.argv[2])
layers = [layer.name for layer in model.layers]
print(json.dumps([model.predict(images, verbose=0).tolist(), layers, "cnnlab" in sys.modules]))
"""


@pytest.mark.keras
def test_training_evaluation_and_the_saved_model_deskew_alike(tmp_path: Path) -> None:
    """The validation figures while training, on deskewed images, are those of the saved model on raw ones."""
    from cnnlab.runs.metrics_log import read_metrics
    from cnnlab.training.framework import import_keras
    from cnnlab.training.prepare import load_data
    from cnnlab.training.repeat import train_one

    import_keras()
    config = check(document_of(BASE, tmp_path / "config.yaml"))
    folder, data = RepeatFolder(tmp_path / "0", 0).make(), load_data(config, None)
    result = train_one(config, 0, folder, data)
    assert (result.epochs, result.steps) == (3, 9)  # 7 steps, rounded up to whole epochs of 3
    final = read_metrics(folder.metrics_path)["val_cross_entropy"][-1]
    assert result.metrics["validation"]["cross_entropy"] == pytest.approx(final, rel=1e-4)
    stored = np.load(folder.predictions_path)
    test = stored["split"] == 2
    assert data.test is not None
    np.save(tmp_path / "images.npy", data.test.images[stored["index"][test]])
    done = subprocess.run(
        [sys.executable, "-c", OPENS_ALONE, folder.model_path, tmp_path / "images.npy"],
        env=os.environ | {"KERAS_BACKEND": "tensorflow", "PYTHONPATH": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    probabilities, layers, imported = json.loads(done.stdout.splitlines()[-1])
    assert layers[:3] == ["image", "preprocess", "scale"] and not imported
    np.testing.assert_allclose(probabilities, stored["probabilities"][test], atol=1e-5)


def test_the_config_says_what_is_wrong(tmp_path: Path) -> None:
    assert "unknown preprocessing step 'deskw' (did you mean 'deskew'?)" in refusal(
        tmp_path, MINIMAL + "preprocess: [deskw]\n"
    )
    both = "training: {steps: 5, epochs: 3}\n"
    assert "training.steps: the length is given in epochs too" in refusal(tmp_path, MINIMAL + both)
    config = loaded(tmp_path, MINIMAL + "training: {steps: 5}\n")
    assert config.training.steps == 5 and "epochs" not in config.model_dump(mode="json")["training"]
    smoke = loaded(tmp_path, MINIMAL + "training: {steps: 5}\n", smoke=True)
    assert smoke.training.steps is None and smoke.training.epochs == 2


@pytest.mark.keras
def test_what_stands_behind_the_preprocessing_can_be_verified(tmp_path: Path) -> None:
    """Of a saved model too: its remaining layers have twins in NumPy, and get the deskewed images."""
    import keras

    from cnnlab.numpy_cnn import from_keras
    from cnnlab.training.model import build_model
    from cnnlab.verify.models import behind_preprocessing, in_dtype, load_model

    config = check(document_of(BASE, Path("config.yaml")))
    keras.utils.set_random_seed(0)
    model = build_model(config.model, INFO, config.data.scale, None, config.preprocess)
    model.save(tmp_path / "model.keras")
    expected = model.predict(bars(), verbose=0)
    for whole in (model, load_model(tmp_path / "model.keras")):
        rest, prepare = behind_preprocessing(whole)
        np.testing.assert_allclose(prepare(bars()), deskewed(bars()), atol=1e-3)
        network = from_keras(in_dtype(rest, "float32"))
        np.testing.assert_allclose(network.predict(prepare(bars())), expected, atol=1e-5)
    plain = build_model(config.model, INFO, config.data.scale)
    assert behind_preprocessing(plain)[0] is plain
