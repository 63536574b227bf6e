"""Blocks of dense layers."""

import numpy as np
import pytest

from cnnlab.errors import ConfigError
from tests.blocks.samples import applied, item, network

pytestmark = pytest.mark.keras


def test_a_dense_block_activates_and_drops_in_this_order():
    model = applied(("dense_block", {"units": 4, "batch_norm": True, "dropout": 0.5}, (6,), ()))
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds.index("Dense") < kinds.index("BatchNormalization") < kinds.index("Dropout")


def test_the_classifier_gives_probabilities_in_float32_under_mixed_precision():
    import keras

    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = applied(("classifier", {}, (6,), ()))
    finally:
        keras.config.set_dtype_policy("float32")
    found = np.asarray(model(np.random.default_rng(0).normal(size=(3, 6)).astype("float32")))
    assert found.dtype == np.float32 and found.shape == (3, 5)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-6)  # not the 1e-3 of bfloat16


def test_images_are_refused():
    with pytest.raises(
        ConfigError, match="classifier expects vectors: put flatten or global_average_pool before it"
    ):
        network([item("classifier")])
