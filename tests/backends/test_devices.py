"""One repeat on two devices of JAX; see tests/training/test_devices.py."""

from pathlib import Path

import pytest

from tests.training.devices import require_one_curve

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("backends")]


def test_two_devices_give_the_loss_curve_of_one_on_jax(tmp_path: Path) -> None:
    pytest.importorskip("jax")
    require_one_curve("jax", tmp_path)
