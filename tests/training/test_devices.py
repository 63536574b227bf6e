"""One repeat on two devices: the loss curve of one, an exact resume, and what cannot be shared out."""

from pathlib import Path

import numpy as np
import pytest

from cnnlab.datasets import IndexedSplit, Splits
from cnnlab.errors import ConfigError
from cnnlab.training.devices import require_even_shares
from tests.conftest import TINY
from tests.sample_configs import loaded
from tests.training.devices import require_one_curve


@pytest.mark.keras
@pytest.mark.xdist_group("devices")
def test_two_devices_give_the_loss_curve_of_one_and_resume_exactly(tmp_path: Path) -> None:
    """The same global batches; augmentation, batch norm, penalties and class weights included."""
    require_one_curve("tensorflow", tmp_path)


def split(size: int) -> IndexedSplit:
    pixels, labels = np.zeros((size, 2, 2, 1), np.uint8), np.zeros(size, np.int64)
    return IndexedSplit(pixels, labels, indices=np.arange(size), origin="train")


@pytest.mark.parametrize(
    ("train", "validation", "message"),
    [
        (
            99,
            100,
            r"2 devices cannot share the last batch of an epoch evenly, which is of 3 of the 99 training",
        ),
        (96, 385, r"2 devices cannot share the last 1 of 385 validation images"),
    ],
)
def test_a_batch_that_cannot_be_shared_is_refused(
    train: int, validation: int, message: str, tmp_path: Path
) -> None:
    training = loaded(tmp_path, TINY.replace("epochs: 3", "epochs: 3, devices: 2")).training
    with pytest.raises(ConfigError, match=message):
        require_even_shares(training, Splits(split(train), split(validation), None))
    require_even_shares(training, Splits(split(98), None, None))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("devices: 3", r"training\.devices: 3 devices cannot share a batch of 16 evenly"),
        ("devices: 2, backend: torch", r"training\.devices: expected 1 with the backend torch"),
    ],
)
def test_devices_that_a_config_cannot_have_are_refused(options: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=message):
        loaded(tmp_path, TINY.replace("epochs: 3", f"epochs: 3, {options}"))
