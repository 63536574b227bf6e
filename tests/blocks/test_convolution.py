"""Blocks of convolutions."""

import numpy as np
import pytest

from cnnlab.blocks import block
from tests.blocks.samples import applied

pytestmark = pytest.mark.keras


def test_a_residual_block_adds_its_input_where_the_shapes_agree():
    model = applied(("residual_block", {"filters": 3, "negative_slope": 0.1}, (9, 8, 3), ()))
    for weight in model.weights:
        weight.assign(np.zeros(weight.shape) if "conv" in weight.path else weight)
    images = np.random.default_rng(0).normal(size=(2, 9, 8, 3)).astype("float32")
    assert np.allclose(model(images), np.where(images > 0, images, 0.1 * images), atol=1e-6)


def test_padding_on_both_sides_is_that_of_pytorch():
    """A 3x3 kernel that copies its centre, at stride 2: the pixels 0, 2, 4; Keras' own padding takes 1, 3, 5."""
    import keras

    pixels = np.tile(np.arange(6.0, dtype="float32")[:, None], (1, 6, 1, 1))
    for both, expected in ((True, [0, 2, 4]), (False, [1, 3, 5])):
        inputs = keras.Input((6, 6, 1))
        entry = block.get("residual_block")
        given = entry.parameters(filters=1, strides=2, pad_both_sides=both, use_bias=False)
        layer = keras.Model(inputs, entry(inputs, parameters=given, name="b", num_classes=2)).get_layer(
            "b_conv_1"
        )
        kernel = np.zeros((3, 3, 1, 1), "float32")
        kernel[1, 1] = 1
        layer.set_weights([kernel])
        assert np.asarray(keras.Model(inputs, layer.output)(pixels))[0, 0, :, 0].tolist() == expected
