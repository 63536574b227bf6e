"""A convolutional network in NumPy alone: layers that go forwards and backwards, to read and to check by.

The way in is `from_keras`, or `Network` with layers of one's own. Nothing here imports Keras.
"""

from cnnlab.numpy_cnn.activations import ELU, LeakyReLU, Linear, ReLU, Sigmoid, Tanh
from cnnlab.numpy_cnn.add import Add
from cnnlab.numpy_cnn.average_pooling import AveragePooling2D
from cnnlab.numpy_cnn.batch_normalization import BatchNormalization
from cnnlab.numpy_cnn.concatenate import Concatenate
from cnnlab.numpy_cnn.conversion import from_keras, from_keras_layer, update_from_keras
from cnnlab.numpy_cnn.convolution import Conv2D
from cnnlab.numpy_cnn.dense import Dense
from cnnlab.numpy_cnn.dropout import Dropout
from cnnlab.numpy_cnn.flatten import Flatten
from cnnlab.numpy_cnn.global_average_pooling import GlobalAveragePooling2D
from cnnlab.numpy_cnn.keras_layers import supported_layers
from cnnlab.numpy_cnn.layer import Layer
from cnnlab.numpy_cnn.losses import BinaryCrossentropy, CategoricalCrossentropy, Loss
from cnnlab.numpy_cnn.max_pooling import MaxPooling2D
from cnnlab.numpy_cnn.network import LossGradients, Network, Node
from cnnlab.numpy_cnn.optimizers import SGD, Adam, Optimizer
from cnnlab.numpy_cnn.penalties import Penalty
from cnnlab.numpy_cnn.scaling import Normalization, Rescaling
from cnnlab.numpy_cnn.softmax import Softmax
from cnnlab.numpy_cnn.training import train
from cnnlab.numpy_cnn.zero_padding import ZeroPadding2D

__all__ = [
    "ELU",
    "SGD",
    "Adam",
    "Add",
    "AveragePooling2D",
    "BatchNormalization",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Concatenate",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAveragePooling2D",
    "Layer",
    "LeakyReLU",
    "Linear",
    "Loss",
    "LossGradients",
    "MaxPooling2D",
    "Network",
    "Node",
    "Normalization",
    "Optimizer",
    "Penalty",
    "ReLU",
    "Rescaling",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "ZeroPadding2D",
    "from_keras",
    "from_keras_layer",
    "supported_layers",
    "train",
    "update_from_keras",
]
