"""A repeat that is stopped anywhere and resumed gives the same bits as one that is not, with all that has a state."""

from pathlib import Path
from typing import Any

import pytest

from tests.datasets.pcam_files import write_lab
from tests.training.interrupted import checked, fingerprint, train

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("resume")]

BASE: dict[str, Any] = {
    "name": "resumed",
    "data": {"dataset": "mnist10k", "train_size": 50, "limit_per_split": 250},
    "augment": [{"random_rotation": {"factor": 0.1}}, {"random_brightness": {"factor": 0.1}}],
    "model": [
        {"conv_block": {"convs": 1, "filters": 4, "batch_norm": True, "momentum": 0.5, "dropout": 0.2}},
        "flatten",
        {"dense_block": {"units": 8, "dropout": 0.3, "l2": 0.001}},
        "classifier",
    ],
}
# 7 steps an epoch, of which the last is smaller; a look at whether to stop after each step, each of the 2 batches
# of a validation, and each epoch.
FAST = {"epochs": 4, "batch_size": 8, "threads": 1, "optimizer": {"name": "adam", "learning_rate": 0.02}}
STOPS = (3, 13)  # within epoch 1; then within the validation of epoch 2
OPTIONS: dict[str, dict[str, Any]] = {
    "averages, cosine, auc, clipping": {
        "weight_averaging": {"momentum": 0.8},
        "schedule": {"name": "cosine", "warmup": 0.3},
        "metrics": ["auc", "precision", {"top_k": {"k": 2}}],
        "optimizer": {"name": "adamw", "learning_rate": 0.01, "global_clipnorm": 1.0},
        "label_smoothing": 0.1,
        "logit_adjustment": 0.5,
    },
    "plateau, best epoch, early stopping": {
        "epochs": 9,
        "optimizer": {"name": "sgd", "learning_rate": 0.1, "momentum": 0.9, "nesterov": True},
        "schedule": {"name": "reduce_on_plateau", "factor": 0.5, "patience": 1, "min_delta": 0.5},
        "restore_best": "val_loss",
        "early_stopping": {"monitor": "val_accuracy", "patience": 3, "min_delta": 0.1},
    },
    "mixed precision, steps, best average": {
        "precision": "mixed_float16",
        "optimizer": {"name": "rmsprop", "learning_rate": 0.005, "momentum": 0.5, "centered": True},
        "schedule": {"name": "step", "every_epochs": 1, "factor": 0.5},
        "weight_averaging": {"momentum": 0.5},
        "restore_best": "val_accuracy",
        "validation_every": 3,
    },
}


@pytest.fixture
def every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at whether to stop after each step, however fast they are."""
    monkeypatch.setattr("cnnlab.training.progress.SECONDS_PER_CALL", 0.0)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_a_stopped_repeat_goes_on_to_the_same_bits(
    options: dict[str, Any], tmp_path: Path, every_step: None
) -> None:
    """Stopped within an epoch, within a validation, between epochs, and each time resumed."""
    from cnnlab.training.prepare import load_data

    config = checked({**BASE, "training": FAST | options}, tmp_path)
    data = load_data(config, None)
    train(config, tmp_path / "whole", data)
    notes = train(config, tmp_path / "stopped", data, STOPS)
    assert [
        note for note in notes if "is undefined (nan) at the end" not in note
    ] == []  # none of a checkpoint
    assert fingerprint(tmp_path / "stopped/0") == fingerprint(tmp_path / "whole/0")


def test_streamed_images_large_portions_and_a_stop_while_evaluating(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a file; the whole run in portions of many steps, the other step by step; stopped after the last epoch."""
    from cnnlab.training import progress
    from cnnlab.training.prepare import load_data, prepare

    write_lab(tmp_path / "pcam_lab", side=34)
    plain = {
        **BASE,
        "data": {"dataset": "pcam_lab", "crop": 32, "memory_budget": 0},
        "training": FAST | {"epochs": 2, "restore_best": "val_loss", "weight_averaging": {"momentum": 0.8}},
    }
    config = checked(plain, tmp_path)
    data = load_data(config, tmp_path)
    prepare(config, data)
    train(config, tmp_path / "whole", data)
    monkeypatch.setattr(progress, "SECONDS_PER_CALL", 0.0)
    epoch = -(-len(data.train) // 8) + 2  # looks: each step, a batch of validation, the end
    train(config, tmp_path / "stopped", data, (2, 2 * epoch - 2))
    assert fingerprint(tmp_path / "stopped/0") == fingerprint(tmp_path / "whole/0")
