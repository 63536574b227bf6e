"""Keras on PyTorch: the environment that it is given before it is imported."""

import os

import pytest

from cnnlab.backends.torch import Torch

NAMES = ("OMP_NUM_THREADS", "CUBLAS_WORKSPACE_CONFIG", "KERAS_TORCH_DEVICE")


def prepared(monkeypatch: pytest.MonkeyPatch, device: str, *, deterministic: bool) -> list[str | None]:
    for name in NAMES:
        monkeypatch.setenv(name, "")  # so that it is put back afterwards
        monkeypatch.delenv(name)
    Torch().prepare(threads=3, device=device, deterministic=deterministic, full_precision=False, devices=1)
    return [os.environ.get(name) for name in NAMES]


def test_threads_determinism_and_the_cpu_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert prepared(monkeypatch, "auto", deterministic=False) == ["3", None, None]
    assert prepared(monkeypatch, "cpu", deterministic=True) == ["3", ":4096:8", "cpu"]
