"""arrays.npz of a verify run: what it holds of each side. No Keras."""

from datetime import datetime

import numpy as np
import pytest

from cnnlab.numpy_cnn import Network
from cnnlab.numpy_cnn.layers import Conv2D, Dense, Flatten
from cnnlab.runs.folder import RunFolder
from cnnlab.verify.arrays import save_arrays

IMAGES = np.arange(3 * 4 * 4, dtype=np.uint8).reshape(3, 4, 4, 1)


@pytest.fixture
def save(tmp_path):
    """Write the file, and read it again."""
    folder = RunFolder.create(tmp_path, "verify", "1a2b3c4d", datetime(2026, 11, 21))

    def written(sides, trained):
        save_arrays(folder, IMAGES, sides, trained)
        with np.load(folder.path / "arrays.npz") as arrays:
            return dict(arrays)

    return written


def test_activations_are_of_the_first_image_and_gradients_of_weights_whole(save):
    side = {
        "conv": np.ones((3, 2, 2, 5)),
        "gradient of input": np.ones((3, 4, 4, 1)),
        "gradient of conv/kernel": np.ones((3, 3, 1, 5)),
    }
    found = save({"keras": side, "numpy": side}, None)
    assert {name: array.shape for name, array in found.items()} == {
        "images": (3, 4, 4, 1),
        **{
            f"{name}/{key}": shape
            for name in ("keras", "numpy")
            for key, shape in (
                ("conv", (1, 2, 2, 5)),
                ("gradient of input", (1, 4, 4, 1)),
                ("gradient of conv/kernel", (3, 3, 1, 5)),
            )
        },
    }
    assert (found["images"] == IMAGES).all()


def test_a_trained_network_adds_its_activations_and_its_first_kernel(save):
    kernel = np.random.default_rng(0).normal(size=(3, 3, 1, 2)).astype(np.float32)
    dense = Dense(np.zeros((8, 2), np.float32))
    found = save({}, Network.sequential({"conv": Conv2D(kernel), "flat": Flatten(), "dense": dense}))
    assert {name for name in found if name.startswith("trained/")} == {
        *("trained/conv", "trained/flat", "trained/dense")
    }
    assert found["trained/conv"].shape == (1, 2, 2, 2) and (found["trained kernel"] == kernel).all()
    flat = Network.sequential({"flat": Flatten(), "dense": Dense(np.zeros((16, 2), np.float32))})
    assert "trained kernel" not in save({}, flat)
