"""Keras computes what its layers say, in the process that cnnlab sets up."""

import subprocess
import sys

import pytest

from tests.conftest import environment

RESIDUAL = """
from cnnlab.training.framework import configure
{configure}
import keras, numpy as np
from keras import layers
keras.utils.set_random_seed(0)
image = layers.Input((16, 16, 3))
main = layers.LeakyReLU(negative_slope=0.1)(layers.BatchNormalization()(layers.Conv2D(8, 3, padding="same")(image)))
joined = layers.LeakyReLU(negative_slope=0.1)(layers.Add()([main, layers.Conv2D(8, 1)(image)]))
model = keras.Model(image, joined)
x = np.random.default_rng(0).normal(size=(4, 16, 16, 3)).astype("float32")
print(np.abs(model.predict(x, verbose=0) - np.asarray(model(x))).max())
"""
CONFIGURE = "configure(threads=1, device='cpu', precision='float32', deterministic=False)"


@pytest.mark.keras
def test_a_residual_block_predicts_with_its_own_slope() -> None:
    """Compiled and eager results agree; TensorFlow's own graph optimiser makes them differ by 0.3 on many CPUs."""
    code = RESIDUAL.format(configure=CONFIGURE)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert float(done.stdout.split()[-1]) < 1e-5
