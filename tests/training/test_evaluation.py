"""The final figures of a trained network: on what, averaged how, with which threshold."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.metrics import youden_threshold
from tests.sample_configs import loaded

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("train")]

TWO = """\
name: two
data: {dataset: pcam_synthetic, size: 32, train_images: 60, validation_images: 50, test_images: 40, group_blocks: 7}
model:
  - conv_block: {convs: 1, filters: 4, l2: 0.01}
  - flatten
  - classifier
training: {epochs: 2, batch_size: 20, threads: 1}
evaluation: {tta: d4}
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One repeat on synthetic patches, measured over eight views: its folder, its result, its images."""
    from cnnlab.runs.folder import RepeatFolder
    from cnnlab.training.framework import import_keras
    from cnnlab.training.prepare import load_data
    from cnnlab.training.repeat import train_one

    import_keras()
    place = tmp_path_factory.mktemp("two")
    config = loaded(place, TWO)
    folder = RepeatFolder(place / "0", 0).make()
    data = load_data(config, None)
    train_one(config, 0, folder, data)
    return folder, json.loads(folder.result_path.read_text()), data


def stored(folder: Any, split: int) -> tuple[np.ndarray, np.ndarray]:
    with np.load(folder.predictions_path) as arrays:
        chosen = arrays["split"] == split
        return arrays["label"][chosen], arrays["probabilities"][chosen]


def test_the_probabilities_are_the_mean_over_the_eight_views(trained):
    import keras

    folder, result, data = trained
    model = keras.saving.load_model(folder.model_path, compile=False)
    images = data.test.images.astype("float32")
    turned = [np.rot90(images, n, axes=(1, 2)) for n in range(4)]
    each = [model.predict(x, verbose=0) for x in (*turned, *(x[:, :, ::-1] for x in turned))]
    np.testing.assert_allclose(stored(folder, 2)[1], np.mean(each, axis=0), atol=1e-6)
    assert np.abs(each[0] - np.mean(each, axis=0)).max() > 1e-3  # and it matters
    assert result["evaluation"] == {"tta": "d4", "views": 8}


def test_neighbours_of_the_measured_images_are_groups_where_there_are_none(trained):
    with np.load(trained[0].predictions_path) as arrays:
        split, index, groups = (arrays[name] for name in ("split", "index", "groups"))
    assert set(groups[split == 0]) == {""}
    assert groups[split > 0].tolist() == [str(place // 7) for place in index[split > 0]]


def test_validation_chooses_the_threshold_and_test_is_measured_at_it(trained):
    folder, result, _ = trained
    threshold = result["threshold"]
    assert (threshold["rule"], threshold["split"]) == ("youden", "validation")
    assert threshold["value"] == youden_threshold(*stored(folder, 1))
    labels, p = stored(folder, 2)
    positive = p[:, 1] > threshold["value"]
    test = result["metrics"]["test"]
    assert test["accuracy_at_threshold"] == np.mean(positive == labels)
    assert test["sensitivity_at_threshold"] == np.mean(positive[labels == 1])
    assert test["specificity_at_threshold"] == np.mean(~positive[labels == 0])
    assert test["sensitivity"] == np.mean(p[labels == 1, 1] > 0.5)
    assert "accuracy_at_threshold" in result["metrics"]["validation"]
    assert "accuracy_at_threshold" not in result["metrics"]["train"]


def test_two_classes_get_their_figures_unasked_and_the_log_stays_as_configured(trained):
    folder, result, _ = trained
    for split in ("train", "validation", "test"):
        expected = {"loss", "cross_entropy", "accuracy", "auc", "auc_onehot", "auc_pr", "ece"}
        assert expected <= set(result["metrics"][split])
    header = folder.metrics_path.read_text().splitlines()[0].split(",")
    assert "val_accuracy" in header and not [name for name in header if "auc" in name or "ece" in name]


def test_the_loss_has_the_penalties_and_the_cross_entropy_has_not(trained):
    _, result, _ = trained
    assert result["metrics"]["test"]["loss"] > result["metrics"]["test"]["cross_entropy"]


@pytest.mark.parametrize("batch_size", [1, 7])
def test_batches_of_any_size_give_the_same_probabilities(trained, batch_size):
    from cnnlab.augment.views import view_set
    from cnnlab.backends import active
    from cnnlab.training.averaging import probabilities

    folder, _, data = trained
    import keras

    forward = active().forward(keras.saving.load_model(folder.model_path, compile=False))
    views = view_set.get("flips")(parameters=view_set.get("flips").parameters())
    images = data.test.images
    large = probabilities(forward, images, views, batch_size=256)
    small = probabilities(forward, images, views, batch_size=batch_size)
    np.testing.assert_allclose(small, large, atol=1e-6)
    assert large.dtype == np.float32


def test_more_than_two_classes_have_no_threshold(tiny_run: Path):
    result = json.loads((tiny_run / "repeats/0/result.json").read_text())
    assert result["threshold"] is None
    assert result["evaluation"] == {"tta": "none", "views": 1}
    assert set(result["metrics"]["test"]) == {"loss", "cross_entropy", "accuracy"}
