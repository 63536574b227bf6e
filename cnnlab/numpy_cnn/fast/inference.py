"""Each layer's output, batch last, with nothing remembered."""

from functools import singledispatch

import numpy as np

from cnnlab.numpy_cnn.fast.layout import along_channels
from cnnlab.numpy_cnn.fast.scratch import SCRATCH
from cnnlab.numpy_cnn.layers.activation import Activation
from cnnlab.numpy_cnn.layers.add import Add
from cnnlab.numpy_cnn.layers.batch_normalization import BatchNormalization
from cnnlab.numpy_cnn.layers.concatenate import Concatenate
from cnnlab.numpy_cnn.layers.dense import Dense
from cnnlab.numpy_cnn.layers.dropout import Dropout
from cnnlab.numpy_cnn.layers.flatten import Flatten
from cnnlab.numpy_cnn.layers.layer import Array, Layer
from cnnlab.numpy_cnn.layers.normalization import Normalization
from cnnlab.numpy_cnn.layers.relu import ReLU
from cnnlab.numpy_cnn.layers.rescaling import Rescaling
from cnnlab.numpy_cnn.layers.softmax import Softmax, softmax
from cnnlab.numpy_cnn.layers.zero_padding import ZeroPadding2D


@singledispatch
def infer(layer: Layer, *inputs: Array) -> Array:
    """Return what ``layer.forward(training=False)`` would, both batch last: ``(channels, ..., batch)``.

    Inputs are not written into; the output may be the input itself, or lie in memory of `SCRATCH`.
    """
    raise NotImplementedError(f"there is no fast way for {type(layer).__name__}: register one with `infer`")


@infer.register
def _activation(layer: Activation, x: Array) -> Array:
    """Any shape to itself."""
    return layer.function(x)


@infer.register
def _relu(layer: ReLU, x: Array) -> Array:
    """Any shape to itself."""
    return rectified(x, out=SCRATCH.empty(x.shape, x.dtype))


def rectified(x: Array, out: Array) -> Array:
    """max(x, 0) into `out`, with zeros in an array: NumPy is slower at comparing with a single number."""
    return np.maximum(x, np.zeros(x.shape[2:] or x.shape[1:], x.dtype), out=out)


@infer.register
def _add(layer: Add, first: Array, *others: Array) -> Array:
    """Inputs of one shape to that shape."""
    y = SCRATCH.empty(first.shape, first.dtype)
    y[...] = first
    for x in others:
        y += x
    return y


@infer.register
def _concatenate(layer: Concatenate, *inputs: Array) -> Array:
    """``(k1, ..., batch)``, ``(k2, ..., batch)``, ... to ``(k1 + k2 + ..., ..., batch)``."""
    last = inputs[0].ndim - 1
    axis = layer.axis % (last + 1)  # of the layout with the batch first, where the channels are last
    return np.concatenate(inputs, axis=0 if axis == last else axis)


@infer.register
def _batch_normalization(layer: BatchNormalization, x: Array) -> Array:
    """``(channels, ..., batch)`` to the same shape.

    Mean, variance, gamma and beta are constants here: they are first joined into one factor and one offset per
    channel, so that the data is read only twice.
    """
    weights = layer.weights
    factor = weights.get("gamma", 1.0) / np.sqrt(weights["moving_variance"] + layer.epsilon)
    offset = weights.get("beta", 0.0) - weights["moving_mean"] * factor
    y = np.multiply(x, along_channels(factor, x), out=SCRATCH.empty(x.shape, x.dtype))
    y += along_channels(offset, x)
    return y


@infer.register
def _dense(layer: Dense, x: Array) -> Array:
    """``(in, ..., batch)`` to ``(units, ..., batch)``: ``W^T x + b``."""
    y = (layer.weights["kernel"].T @ x.reshape(len(x), -1)).reshape(-1, *x.shape[1:])
    if "bias" in layer.weights:
        y += along_channels(layer.weights["bias"], y)
    return y


@infer.register
def _dropout(layer: Dropout, x: Array) -> Array:
    """The input."""
    return x


@infer.register
def _flatten(layer: Flatten, x: Array) -> Array:
    """``(channels, height, width, batch)`` to ``(height*width*channels, batch)``.

    Here the channels are the slowest axis and have to become the fastest feature first.
    """
    if x.ndim == 2:
        return x
    order = (*range(1, x.ndim - 1), 0, x.ndim - 1)
    return x.transpose(order).reshape(-1, x.shape[-1])  # (height*width*channels, batch)


@infer.register
def _rescaling(layer: Rescaling, x: Array) -> Array:
    """``(channels, ..., batch)`` to the same shape."""
    return x * _per_channel(layer.scale, x) + _per_channel(layer.offset, x)


def _per_channel(value: float | Array, x: Array) -> float | Array:
    return along_channels(value, x) if isinstance(value, np.ndarray) and value.ndim else value


@infer.register
def _normalization(layer: Normalization, x: Array) -> Array:
    """``(channels, ..., batch)`` to the same shape."""
    mean, deviation = layer.statistics()
    return (x - along_channels(mean, x)) / along_channels(deviation, x)


@infer.register
def _softmax(layer: Softmax, x: Array) -> Array:
    """``(classes, ..., batch)`` to the same shape."""
    return softmax(x, axis=0)


@infer.register
def _zero_padding(layer: ZeroPadding2D, x: Array) -> Array:
    """``(channels, height, width, batch)`` to ``(channels, rows, columns, batch)``."""
    return np.pad(x, ((0, 0), *layer.padding, (0, 0)))
