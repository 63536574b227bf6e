"""The layout with the batch last."""

import numpy as np

from cnnlab.numpy_cnn.layers.layer import Array


def batch_last(x: Array) -> Array:
    """Copy ``(batch, ..., channels)`` to contiguous ``(channels, ..., batch)``, and back again."""
    return np.ascontiguousarray(x.swapaxes(0, -1))


def along_channels(vector: Array, like: Array) -> Array:
    """View one number per channel, ``(channels,)``, so that it broadcasts over a batch-last array."""
    return vector.reshape(-1, *[1] * (like.ndim - 1))  # (channels, 1, ..., 1)
