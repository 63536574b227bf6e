"""One repeat on two devices: the loss curve of one, an exact resume, and what cannot be shared out."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.datasets import Split
from cnnlab.errors import ConfigError
from cnnlab.training.devices import require_even_shares
from cnnlab.training.layout import gpu_slots
from tests.conftest import REPOSITORY, TINY, environment
from tests.sample_configs import loaded


def trained(backend: str, devices: int, folder: Path) -> Any:
    """What `tests.training.on_devices` tells."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.training.on_devices", backend, str(devices), str(folder)],
        cwd=REPOSITORY,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.keras
@pytest.mark.xdist_group("devices")
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_two_devices_give_the_loss_curve_of_one_and_resume_exactly(backend: str, tmp_path: Path) -> None:
    """Two logical devices of the CPU, the same global batches; batch norm, penalties and class weights included."""
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    one, two = (trained(backend, devices, tmp_path / str(devices)) for devices in (1, 2))
    assert (one["device"], two["device"]) == ("CPU", "2 x CPU")
    for ours, theirs in zip(two["rows"], one["rows"], strict=True):
        figures = {name for name, value in theirs.items() if value is not None} - {"seconds"}
        assert {name: ours[name] for name in figures} == pytest.approx(
            {name: theirs[name] for name in figures}, rel=1e-4
        )
    assert two["metrics"]["test"] == pytest.approx(one["metrics"]["test"], rel=1e-4)
    assert two["same"]
    assert two["stops"] >= 2


def split(size: int) -> Split:
    return Split(np.zeros((size, 2, 2, 1), np.uint8), np.zeros(size, np.int64))


@pytest.mark.parametrize(
    ("train", "validation", "message"),
    [
        (
            99,
            100,
            r"2 devices cannot share the last batch of an epoch evenly, which is of 3 of the 99 training",
        ),
        (96, 401, r"2 devices cannot share the last 1 of 401 validation images"),
    ],
)
def test_a_batch_that_cannot_be_shared_is_refused(
    train: int, validation: int, message: str, tmp_path: Path
) -> None:
    training = loaded(tmp_path, TINY.replace("epochs: 3", "epochs: 3, devices: 2")).training
    with pytest.raises(ConfigError, match=message):
        require_even_shares(training, {"train": split(train), "validation": split(validation)})
    require_even_shares(training, {"train": split(98), "validation": None})


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


@pytest.mark.parametrize(
    ("visible", "device", "devices", "slots"),
    [
        ("0,1,2,3", "auto", 1, ["0", "1", "2", "3"]),
        ("0,1,2,3", "gpu", 2, ["0,1", "2,3"]),
        ("4,5,6", "gpu", 2, ["4,5"]),
        ("4,5,6", "gpu:1", 2, ["5,6"]),
        ("0", "gpu", 2, ["0"]),
        ("0,1", "cpu", 2, []),
    ],
)
def test_workers_share_out_the_gpus_of_each_repeat(
    visible: str, device: str, devices: int, slots: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert gpu_slots(device, devices) == slots
