"""The layers, made to be read: one a file, with its formula, its shapes and its source.

They know nothing of `cnnlab.numpy_cnn.fast`, which computes the same, sooner.
"""

from cnnlab.numpy_cnn.layers.add import Add
from cnnlab.numpy_cnn.layers.average_pooling import AveragePooling2D
from cnnlab.numpy_cnn.layers.batch_normalization import BatchNormalization
from cnnlab.numpy_cnn.layers.concatenate import Concatenate
from cnnlab.numpy_cnn.layers.convolution import Conv2D
from cnnlab.numpy_cnn.layers.dense import Dense
from cnnlab.numpy_cnn.layers.dropout import Dropout
from cnnlab.numpy_cnn.layers.elu import ELU
from cnnlab.numpy_cnn.layers.flatten import Flatten
from cnnlab.numpy_cnn.layers.global_average_pooling import GlobalAveragePooling2D
from cnnlab.numpy_cnn.layers.layer import Layer
from cnnlab.numpy_cnn.layers.leaky_relu import LeakyReLU
from cnnlab.numpy_cnn.layers.linear import Linear
from cnnlab.numpy_cnn.layers.max_pooling import MaxPooling2D
from cnnlab.numpy_cnn.layers.normalization import Normalization
from cnnlab.numpy_cnn.layers.penalties import Penalty
from cnnlab.numpy_cnn.layers.relu import ReLU
from cnnlab.numpy_cnn.layers.rescaling import Rescaling
from cnnlab.numpy_cnn.layers.sigmoid import Sigmoid
from cnnlab.numpy_cnn.layers.softmax import Softmax
from cnnlab.numpy_cnn.layers.tanh import Tanh
from cnnlab.numpy_cnn.layers.zero_padding import ZeroPadding2D

__all__ = [
    "ELU",
    "Add",
    "AveragePooling2D",
    "BatchNormalization",
    "Concatenate",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAveragePooling2D",
    "Layer",
    "LeakyReLU",
    "Linear",
    "MaxPooling2D",
    "Normalization",
    "Penalty",
    "ReLU",
    "Rescaling",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "ZeroPadding2D",
]
