"""One batch through one network: all that depends on the framework."""

from collections.abc import Callable
from typing import Any

import numpy as np

Forward = Callable[[np.ndarray], np.ndarray]
"""From pixel values 0 to 255, (batch, height, width, channels), to probabilities, float32 (batch, classes)."""


def forward_pass(model: Any) -> Forward:
    """Return the compiled inference of a `keras.Model` that takes pixel values; batches may differ in size."""
    import tensorflow as tf

    compiled = tf.function(lambda x: model(x, training=False), reduce_retracing=True)

    def forward(images: np.ndarray) -> np.ndarray:
        pixels = tf.cast(tf.constant(np.ascontiguousarray(images)), tf.float32)
        return tf.cast(compiled(pixels), tf.float32).numpy()

    return forward
