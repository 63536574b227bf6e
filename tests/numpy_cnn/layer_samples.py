"""One or more example layers of every class, with inputs, in any type."""

import numpy as np

from cnnlab.numpy_cnn.layers import (
    ELU,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    LeakyReLU,
    Linear,
    MaxPooling2D,
    Normalization,
    ReLU,
    Rescaling,
    Sigmoid,
    Softmax,
    Tanh,
    ZeroPadding2D,
)


def conv(rng, dtype, size=(3, 3), channels=2, filters=3, bias=True, **arguments):
    kernel = rng.normal(size=(*size, channels, filters)).astype(dtype)
    return Conv2D(kernel, rng.normal(size=filters).astype(dtype) if bias else None, **arguments)


def dense(rng, dtype, features=6, units=4):
    return Dense(rng.normal(size=(features, units)).astype(dtype), rng.normal(size=units).astype(dtype))


def batch_normalization(rng, dtype, channels=2):
    mean, variance, gamma, beta = rng.normal(size=(4, channels)).astype(dtype)
    return BatchNormalization(
        gamma=gamma, beta=beta, moving_mean=mean, moving_variance=np.square(variance) + dtype(0.5)
    )


IMAGE = (3, 5, 6, 2)

SAMPLES = {
    "conv": (conv, [IMAGE]),
    "conv same": (lambda r, d: conv(r, d, padding="same"), [IMAGE]),
    "conv stride": (
        lambda r, d: conv(r, d, size=(2, 3), strides=(2, 2), padding="same", bias=False),
        [IMAGE],
    ),
    "conv dilation": (lambda r, d: conv(r, d, dilation_rate=(2, 1), padding="same"), [IMAGE]),
    "conv 1x1": (lambda r, d: conv(r, d, size=(1, 1)), [IMAGE]),
    "dense": (dense, [(3, 6)]),
    "dense on images": (lambda r, d: dense(r, d, features=2), [IMAGE]),
    "max pooling": (lambda r, d: MaxPooling2D(), [IMAGE]),
    "max pooling overlapping": (
        lambda r, d: MaxPooling2D((3, 2), strides=(2, 1), padding="same"),
        [IMAGE],
    ),
    "average pooling": (lambda r, d: AveragePooling2D(), [IMAGE]),
    "average pooling overlapping": (
        lambda r, d: AveragePooling2D((3, 3), strides=(2, 2), padding="same"),
        [IMAGE],
    ),
    "global average pooling": (lambda r, d: GlobalAveragePooling2D(), [IMAGE]),
    "flatten": (lambda r, d: Flatten(), [IMAGE]),
    "batch normalization": (batch_normalization, [IMAGE]),
    "batch normalization of features": (lambda r, d: batch_normalization(r, d, 6), [(4, 6)]),
    "dropout": (lambda r, d: Dropout(0.4, seed=1), [(3, 6)]),
    "add": (lambda r, d: Add(), [IMAGE] * 3),
    "concatenate": (lambda r, d: Concatenate(), [IMAGE, (3, 5, 6, 1)]),
    "concatenate rows": (lambda r, d: Concatenate(axis=1), [IMAGE, (3, 2, 6, 2)]),
    "relu": (lambda r, d: ReLU(), [IMAGE]),
    "leaky relu": (lambda r, d: LeakyReLU(0.1), [IMAGE]),
    "leaky relu steep": (lambda r, d: LeakyReLU(1.5), [IMAGE]),
    "elu": (lambda r, d: ELU(0.7), [IMAGE]),
    "sigmoid": (lambda r, d: Sigmoid(), [IMAGE]),
    "tanh": (lambda r, d: Tanh(), [IMAGE]),
    "softmax": (lambda r, d: Softmax(), [(3, 6)]),
    "softmax of channels": (lambda r, d: Softmax(), [IMAGE]),
    "linear": (lambda r, d: Linear(), [(3, 6)]),
    "zero padding": (lambda r, d: ZeroPadding2D(((1, 0), (2, 3))), [IMAGE]),
    "rescaling": (lambda r, d: Rescaling(np.array([0.5, 2], d), 1.0), [IMAGE]),
    "normalization": (lambda r, d: Normalization(np.array([1, 2], d), np.array([4, 0.5], d)), [IMAGE]),
}


def sample(name, dtype=np.float64, seed=0):
    """Return a fresh layer and its inputs."""
    rng = np.random.default_rng(seed)
    make, shapes = SAMPLES[name]
    return make(rng, dtype), [rng.normal(size=shape).astype(dtype) for shape in shapes]
