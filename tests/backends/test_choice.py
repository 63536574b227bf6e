"""Choosing a backend, and what is said when it cannot be."""

import importlib.util
from pathlib import Path

import pytest

from cnnlab.backends import BACKENDS, active, choose
from cnnlab.errors import ConfigError
from tests.conftest import REPOSITORY, run_cnnlab


def test_a_missing_package_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"needs the package jax.*pip install 'cnnlab\[jax\]'"):
        choose("jax")


HIDE_JAX = """\
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "jax" else find(name, package)
"""


def test_the_command_line_says_so_before_anything_is_written(tmp_path: Path) -> None:
    config = REPOSITORY / "configs" / "quickstart.yaml"
    words = ("train", "-c", config, "--backend", "jax", "--runs-dir", tmp_path / "runs")
    done = run_cnnlab(*words, patch=HIDE_JAX)
    assert done.code == 2
    assert "pip install 'cnnlab[jax]'" in done.err
    assert not (tmp_path / "runs").exists()


def test_tensorflow_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CNNLAB_CHOSEN_BACKEND", raising=False)
    assert active().name == "tensorflow"
    monkeypatch.setenv("CNNLAB_CHOSEN_BACKEND", "torch")
    assert active().name == "torch"
    assert list(BACKENDS) == ["tensorflow", "torch", "jax"]
