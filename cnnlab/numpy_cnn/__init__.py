"""A convolutional network in NumPy alone, in two parts that compute the same.

`layers` is made to be read and to check by: each layer goes forwards and backwards. `fast` is made to predict fast.
The way in is `from_keras`, or `Network` with `layers` of one's own. Nothing here imports Keras.
"""

from cnnlab.numpy_cnn.conversion import from_keras, from_keras_layer, supported_layers, update_from_keras
from cnnlab.numpy_cnn.losses import BinaryCrossentropy, CategoricalCrossentropy, Loss
from cnnlab.numpy_cnn.network import LossGradients, Network
from cnnlab.numpy_cnn.node import Node
from cnnlab.numpy_cnn.optimizers import SGD, Adam, Optimizer
from cnnlab.numpy_cnn.training import train

__all__ = [
    "SGD",
    "Adam",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Loss",
    "LossGradients",
    "Network",
    "Node",
    "Optimizer",
    "from_keras",
    "from_keras_layer",
    "supported_layers",
    "train",
    "update_from_keras",
]
