"""From Keras models to networks in NumPy, without importing Keras."""

from cnnlab.numpy_cnn.conversion.layers import supported_layers
from cnnlab.numpy_cnn.conversion.network import (
    from_keras,
    from_keras_layer,
    layer_outputs,
    named_layers,
    update_from_keras,
)

__all__ = [
    "from_keras",
    "from_keras_layer",
    "layer_outputs",
    "named_layers",
    "supported_layers",
    "update_from_keras",
]
