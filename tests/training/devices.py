"""One repeat on one device and on two, each in a process of its own."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY
from tests.warm import start_python


def trained(backend: str, devices: int, folder: Path) -> Any:
    """What `tests.training.on_devices` tells."""
    words = ("-m", "tests.training.on_devices", backend, devices, folder)
    done = start_python(*words, cwd=REPOSITORY, frameworks=backend != "tensorflow").wait(300)
    assert done.code == 0, done.err[-3000:]
    return done.json


# Relative. In float64 the order of a sum moves a loss by 1e-15, and over these four epochs by 1e-14 at most; a share of
# a batch that is forgotten, or counted twice, moves it by more than 1e-3. On JAX, Keras takes the moments of batch
# normalization in float32: 1e-9 after an epoch, 1e-7 after four.
CURVES = {"tensorflow": 1e-11, "jax": 1e-5}


def require_one_curve(backend: str, folder: Path) -> None:
    """Assert that two logical devices of the CPU train as one does, and that a stopped training resumes exactly."""
    one, two = (trained(backend, devices, folder / str(devices)) for devices in (1, 2))
    assert (one["device"], two["device"]) == ("CPU", "2 x CPU")
    for ours, theirs in zip(two["rows"], one["rows"], strict=True):
        figures = {name for name, value in theirs.items() if value is not None} - {"seconds"}
        assert {name: ours[name] for name in figures} == pytest.approx(
            {name: theirs[name] for name in figures}, rel=CURVES[backend]
        )
    # stored probabilities are float32: the last bit of each may differ
    assert two["metrics"]["test"] == pytest.approx(one["metrics"]["test"], rel=max(1e-6, CURVES[backend]))
    assert two["same"]
    assert two["stops"] >= 2
