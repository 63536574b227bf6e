"""What the last validation said is not asked again: the final figures have the same bits as if it were."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnlab.augment.views import view_set
from cnnlab.backends import active
from cnnlab.datasets.stored import RawSource, StoredImages
from cnnlab.runs.folder import RepeatFolder
from cnnlab.training.averaging import BATCH_SIZE, probabilities
from cnnlab.training.evaluation import asked_alike
from tests.training.interrupted import checked, fingerprint, train

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("resume")]

BASE: dict[str, Any] = {
    "name": "validated",
    "data": {"dataset": "mnist10k", "train_size": 50, "limit_per_split": 250},
    "model": [
        {
            "conv_block": {
                "convs": 1,
                "filters": 4,
                "batch_norm": True,
                "momentum": 0.5,
                "activation": "leaky_relu",
            }
        },
        "flatten",
        {"dense_block": {"units": 8, "dropout": 0.3, "l2": 0.001}},
        "classifier",
    ],
}
FAST = {"epochs": 4, "batch_size": 25, "threads": 1, "optimizer": {"name": "adam", "learning_rate": 0.02}}
ENDS: dict[str, dict[str, Any]] = {
    "the last epoch, not a multiple": {"validation_every": 3},
    "averages": {"weight_averaging": {"momentum": 0.8}, "epochs": 2},
    "the best average, and stopped early": {
        "weight_averaging": {"momentum": 0.5},
        "restore_best": "val_accuracy",
        "early_stopping": {"monitor": "val_accuracy", "patience": 1, "min_delta": 0.5},
    },
}
ASKED_AGAIN: dict[str, dict[str, Any]] = {
    "other views": {"evaluation": {"tta": "flips"}},
    "steps before the network": {"preprocess": ["deskew"]},
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of images that the final evaluation asks the network for."""
    counts: list[int] = []

    def counted(forward: Any, images: Any, *rest: Any, **options: Any) -> np.ndarray:
        counts.append(len(images))
        return probabilities(forward, images, *rest, **options)

    monkeypatch.setattr("cnnlab.training.evaluation.probabilities", counted)
    return counts


def validation_of(repeat: RepeatFolder, data: Any) -> tuple[np.ndarray, np.ndarray]:
    """The stored probabilities of the validation images, and what the saved model says of the same images."""
    import keras

    with np.load(repeat.predictions_path) as stored:
        chosen = stored["split"] == 1
        positions, said = stored["index"][chosen], stored["probabilities"][chosen]
    views = view_set.get("none")(parameters=view_set.get("none").parameters())
    model = keras.models.load_model(repeat.model_path, compile=False)
    return said, probabilities(views.forward(model, active().forward), data.train.images[positions], views)


@pytest.mark.parametrize("ends", ENDS.values(), ids=ENDS)
def test_the_final_evaluation_takes_over_the_bits_of_the_validation(
    ends: dict[str, Any], tmp_path: Path, asked: list[int]
) -> None:
    from cnnlab.training.prepare import load_data

    config = checked({**BASE, "training": FAST | ends}, tmp_path)
    data = load_data(config, None)
    train(config, tmp_path, data)
    assert asked == [50, 250]  # train and test
    said, expected = validation_of(RepeatFolder(tmp_path / "0", 0), data)
    assert said.shape == (250, 10)
    np.testing.assert_array_equal(said, expected)


@pytest.mark.parametrize("change", ASKED_AGAIN.values(), ids=ASKED_AGAIN)
def test_what_validation_asked_otherwise_is_asked_again(change: dict[str, Any], tmp_path: Path) -> None:
    images = SimpleNamespace(images=np.zeros((2, 28, 28, 1), np.uint8))
    assert asked_alike(checked(BASE, tmp_path), images)
    assert not asked_alike(checked(BASE | change, tmp_path), images)
    assert not asked_alike(
        checked(BASE, tmp_path),
        SimpleNamespace(images=StoredImages(RawSource(tmp_path, np.zeros(2, np.int64), (28, 28, 1)))),
    )


@pytest.mark.parametrize(("members", "expected"), [(1, [50, 250]), (2, [50, 250, 250])])
def test_the_members_of_an_ensemble_are_asked_together(
    members: int, expected: list[int], tmp_path: Path, asked: list[int]
) -> None:
    """Train, validation and test: what its last member alone said of the validation images is not taken for theirs."""
    from cnnlab.training.prepare import load_data

    config = checked({**BASE, "training": FAST | {"epochs": 1, "ensemble": members}}, tmp_path)
    train(config, tmp_path, load_data(config, None))
    assert asked == expected


def test_a_repeat_stopped_while_evaluating_remembers_what_was_said(
    tmp_path: Path, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cnnlab.training import progress
    from cnnlab.training.prepare import load_data

    monkeypatch.setattr(progress, "SECONDS_PER_CALL", 0.0)
    config = checked({**BASE, "training": FAST | {"epochs": 1, "restore_best": "val_loss"}}, tmp_path)
    data = load_data(config, None)
    train(config, tmp_path / "whole", data)
    validations = -(-250 // BATCH_SIZE)
    looks = 2 + validations + 1  # steps, batches of the validation, the epoch's end; the next: evaluation
    train(config, tmp_path / "stopped", data, (looks,))
    assert asked == [50, 250, 50, 50, 250]
    assert fingerprint(tmp_path / "stopped/0") == fingerprint(tmp_path / "whole/0")
