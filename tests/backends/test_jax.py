"""Keras on JAX: the environment that it is given, and one repeat on two devices."""

import os
from pathlib import Path

import pytest

from cnnlab.backends.jax import Jax
from tests.training.devices import require_one_curve

NAMES = ("NPROC", "PJRT_NPROC", "XLA_PYTHON_CLIENT_PREALLOCATE", "XLA_FLAGS", "JAX_PLATFORMS")


def test_flags_are_added_to_those_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("XLA_FLAGS", "--mine=1 --xla_gpu_deterministic_ops=true")
    options = {"full_precision": True, "deterministic": True}
    Jax().prepare(threads=2, device="auto", devices=1, **options)
    assert os.environ["XLA_FLAGS"] == "--mine=1 --xla_gpu_deterministic_ops=true"
    assert (os.environ["NPROC"], os.environ["PJRT_NPROC"], os.environ["JAX_PLATFORMS"]) == ("2", "2", "")
    for _ in range(2):  # a second repeat in the same process adds nothing
        Jax().prepare(threads=1, device="cpu", devices=3, **options)
    assert os.environ["XLA_FLAGS"].split()[2:] == [
        "--xla_force_host_platform_device_count=3",
        "--xla_cpu_multi_thread_eigen=false",
    ]
    assert (os.environ["NPROC"], os.environ["JAX_PLATFORMS"]) == ("1", "cpu")


@pytest.mark.keras
@pytest.mark.xdist_group("backends")
def test_two_devices_give_the_loss_curve_of_one_on_jax(tmp_path: Path) -> None:
    pytest.importorskip("jax")
    require_one_curve("jax", tmp_path)
