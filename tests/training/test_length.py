"""The length of a training that is given in steps."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.datasets import Dataset, DatasetInfo, Split
from cnnlab.training.length import training_images, with_epochs
from tests.sample_configs import MINIMAL, loaded

SPLIT = Split(np.zeros((100, 28, 28, 1), np.uint8), np.zeros(100, np.int64))
DATA = Dataset("d", "D", DatasetInfo((28, 28, 1), tuple("0123456789")), SPLIT, None, SPLIT, source="")


@pytest.mark.parametrize(
    ("training", "data", "epochs"),
    [
        ("steps: 30, batch_size: 10", "", 4),  # 80 images are 8 steps
        ("steps: 32, batch_size: 10", "", 4),
        ("steps: 33, batch_size: 10", "", 5),
        ("steps: 30, batch_size: 10", "\n  train_size: 45", 6),
        ("steps: 30, batch_size: 10, steps_per_epoch: 4", "", 8),
        ("epochs: 3, batch_size: 10", "", 3),
    ],
)
def test_steps_are_rounded_up_to_whole_epochs(training: str, data: str, epochs: int, tmp_path: Path) -> None:
    text = MINIMAL.replace("dataset: mnist10k", "dataset: mnist10k\n  validation_fraction: 0.2" + data)
    config: Any = with_epochs(loaded(tmp_path, text + f"training: {{{training}}}\n"), DATA)
    assert (config.training.epochs, config.training.steps) == (epochs, None)


def test_a_validation_part_of_its_own_takes_nothing_away(tmp_path: Path) -> None:
    config = loaded(tmp_path, MINIMAL)
    own = Dataset("d", "D", DATA.info, SPLIT, SPLIT, None, source="")
    assert training_images(config, own) == 100 > training_images(config, DATA)


def test_of_groups_the_first_repeat_counts(tmp_path: Path) -> None:
    groups = np.repeat(np.arange(20), 5).astype(str)
    grouped = Dataset("d", "D", DATA.info, replace(SPLIT, groups=groups), None, None, source="")
    text = MINIMAL.replace("dataset: mnist10k", "dataset: mnist10k\n  validation_fraction: 0.22")
    assert training_images(loaded(tmp_path, text), grouped) in (75, 80)
