"""What the tests of data sets share: an empty home, and a fake MNIST that stands in for the real one."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from cnnlab.datasets import locate, mnist
from tests.datasets.layouts import layout, path
from tests.datasets.many_files import all_are_many, files

__all__ = ["all_are_many", "empty_home", "files", "layout", "path", "tiny_mnist"]


@pytest.fixture(autouse=True)
def empty_home(tmp_path_factory, monkeypatch):
    """Keep the cache, Keras' folder and the data variable of this machine out of every test."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("KERAS_HOME", str(home / "keras"))
    monkeypatch.delenv("CNNLAB_DATA", raising=False)
    for module in (locate, mnist):
        monkeypatch.setattr(module, "cache_directory", lambda: home / "cache")
    return home


@pytest.fixture
def tiny_mnist(tmp_path, monkeypatch) -> Path:
    """Write a small archive of MNIST's make-up and let the loader take it for the real one."""
    rng = np.random.default_rng(0)
    arrays = {
        "x_train": rng.integers(0, 256, (20, 28, 28), dtype=np.uint8),
        "y_train": np.arange(20, dtype=np.uint8) % 10,
        "x_test": rng.integers(0, 256, (10, 28, 28), dtype=np.uint8),
        "y_test": np.arange(10, dtype=np.uint8),
    }
    path = tmp_path / "made" / "mnist.npz"
    path.parent.mkdir()
    np.savez_compressed(path, **arrays)
    hashes = {key: (a.shape, hashlib.sha256(a.tobytes()).hexdigest()) for key, a in arrays.items()}
    monkeypatch.setattr(mnist, "ARRAYS", hashes)
    return path
