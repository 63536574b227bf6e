"""Activations that treat every number alone; softmax, which does not, has its own file."""

from abc import abstractmethod
from typing import final

import numpy as np

from cnnlab.numpy_cnn.layer import Array, Layer
from cnnlab.numpy_cnn.scratch import SCRATCH


class Activation(Layer):
    """A function f applied to each number: ``y = f(x)`` and ``dx = upstream * f'(x)``, in any shape."""

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Map any shape to itself."""
        (self._x,) = inputs
        self._y = self.function(self._x)
        return self._y

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Map any shape to itself."""
        return (upstream * self.derivative(self._x, self._y),)

    def infer(self, *inputs: Array) -> Array:
        """Map any shape to itself; the layout does not matter."""
        return self.function(inputs[0])

    @abstractmethod
    def function(self, x: Array) -> Array:
        """f(x)."""

    @abstractmethod
    def derivative(self, x: Array, y: Array) -> Array:
        """f'(x), where y = f(x) may be the shorter way to it."""


@final
class Linear(Activation):
    """``f(x) = x``."""

    def function(self, x: Array) -> Array:
        """x."""
        return x

    def derivative(self, x: Array, y: Array) -> Array:
        """1."""
        return np.ones_like(x)


@final
class ReLU(Activation):
    """The rectifier: ``f(x) = max(x, 0)``; f'(0) is 0, as in Keras."""

    def function(self, x: Array) -> Array:
        """max(x, 0)."""
        return np.maximum(x, 0)

    def infer(self, *inputs: Array) -> Array:
        """max(x, 0), in memory that is used again."""
        (x,) = inputs
        return rectified(x, out=SCRATCH.empty(x.shape, x.dtype))

    def derivative(self, x: Array, y: Array) -> Array:
        """1 where x > 0, else 0."""
        return (x > 0).astype(x.dtype)


def rectified(x: Array, out: Array) -> Array:
    """max(x, 0) into `out`, with zeros in an array: NumPy is slower at comparing with a single number."""
    return np.maximum(x, np.zeros(x.shape[2:] or x.shape[1:], x.dtype), out=out)


@final
class LeakyReLU(Activation):
    """``f(x) = x`` where x > 0, else ``negative_slope * x``; f'(0) is the slope, as in Keras on TensorFlow.

    Keras' layer has the default slope .3, its activation string ``"leaky_relu"`` .2.
    """

    def __init__(self, negative_slope: float = 0.3) -> None:
        """Take the slope on the negative side."""
        super().__init__()
        self.negative_slope = negative_slope

    def function(self, x: Array) -> Array:
        """x where x > 0, else negative_slope * x."""
        if 0 <= self.negative_slope <= 1:  # the line that is higher is the right one
            return np.maximum(x, self.negative_slope * x)
        return np.where(x > 0, x, self.negative_slope * x)

    def derivative(self, x: Array, y: Array) -> Array:
        """1 where x > 0, else negative_slope."""
        return np.where(x > 0, x.dtype.type(1), x.dtype.type(self.negative_slope))


@final
class ELU(Activation):
    """``f(x) = x`` where x > 0, else ``alpha * (exp(x) - 1)``.

    Source: D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and accurate deep network learning by
    exponential linear units", 2016.
    """

    def __init__(self, alpha: float = 1.0) -> None:
        """Take the limit towards which the negative side falls, with its sign turned."""
        super().__init__()
        self.alpha = alpha

    def function(self, x: Array) -> Array:
        """x where x > 0, else alpha * (exp(x) - 1); large x never reach the exponential."""
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def derivative(self, x: Array, y: Array) -> Array:
        """1 where x > 0, else alpha * exp(x), which is y + alpha."""
        return np.where(x > 0, x.dtype.type(1), y + self.alpha)


@final
class Sigmoid(Activation):
    """``f(x) = 1 / (1 + exp(-x))``, so ``f' = y (1 - y)``."""

    def function(self, x: Array) -> Array:
        """Compute with exp(-|x|), which never overflows: 1 / (1 + e) for x >= 0, else e / (1 + e)."""
        e = np.exp(-np.abs(x))
        return np.where(x >= 0, 1.0, e) / (1.0 + e)

    def derivative(self, x: Array, y: Array) -> Array:
        """y (1 - y)."""
        return y * (1.0 - y)


@final
class Tanh(Activation):
    """The hyperbolic tangent: ``f' = 1 - y**2``."""

    def function(self, x: Array) -> Array:
        """tanh(x)."""
        return np.tanh(x)

    def derivative(self, x: Array, y: Array) -> Array:
        """1 - y**2."""
        return 1.0 - y * y
