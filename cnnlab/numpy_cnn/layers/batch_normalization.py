"""Batch normalization."""

from typing import ClassVar, final

import numpy as np

from cnnlab.numpy_cnn.layers.layer import Array, Layer


@final
class BatchNormalization(Layer):
    """Shift and scale each channel to mean 0 and variance 1, then by the learned beta and gamma.

    With x ``(batch, ..., channels)``, and the mean m and variance v ``(channels,)`` over all axes but the
    last::

        h = (x - m) / sqrt(v + epsilon)        y = gamma * h + beta

    In training, m and v are those of the batch; v is the biased variance, divided by the number M of values
    per channel. They also depend on x, so with the upstream gradient G and means over all axes but the last::

        dgamma = sum(G * h)        dbeta = sum(G)
        dx = gamma / sqrt(v + epsilon) * (G - mean(G) - h * mean(G * h))

    and the moving statistics follow: ``moving = momentum * moving + (1 - momentum) * batch``, the biased
    variance here too, as in Keras. In inference, and whenever the layer is frozen (``trainable = False``), m
    and v are the moving statistics, constants, so that ``dx = gamma / sqrt(v + epsilon) * G``.

    Source: S. Ioffe and C. Szegedy, "Batch normalization: accelerating deep network training by reducing
    internal covariate shift", 2015.
    """

    untrainable: ClassVar[frozenset[str]] = frozenset({"moving_mean", "moving_variance"})

    def __init__(
        self,
        *,
        moving_mean: Array,
        moving_variance: Array,
        gamma: Array | None = None,
        beta: Array | None = None,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
    ) -> None:
        """Take weights of shape ``(channels,)``; gamma is None if not ``scale``, beta if not ``center``."""
        learned = {"gamma": gamma, "beta": beta}
        weights = {name: weight for name, weight in learned.items() if weight is not None}
        super().__init__(weights | {"moving_mean": moving_mean, "moving_variance": moving_variance})
        self.momentum = momentum
        self.epsilon = epsilon

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Map ``(batch, ..., channels)`` to the same shape; training also moves the moving statistics."""
        (x,) = inputs
        axes = tuple(range(x.ndim - 1))
        self._from_batch = training and self.trainable
        if self._from_batch:
            mean, variance = x.mean(axis=axes), x.var(axis=axes)
            self._follow("moving_mean", mean)
            self._follow("moving_variance", variance)
        else:
            mean, variance = self.weights["moving_mean"], self.weights["moving_variance"]
        self._inverse = 1.0 / np.sqrt(variance + self.epsilon)
        self._normalized = (x - mean) * self._inverse
        return self._normalized * self.weights.get("gamma", 1.0) + self.weights.get("beta", 0.0)

    def _follow(self, name: str, batch: Array) -> None:
        moving = self.weights[name]
        moving *= self.momentum
        moving += (1.0 - self.momentum) * batch

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Map ``(batch, ..., channels)`` to the same shape."""
        axes = tuple(range(upstream.ndim - 1))
        h = self._normalized
        sums = {"gamma": (upstream * h).sum(axis=axes), "beta": upstream.sum(axis=axes)}
        self.gradients = {name: total for name, total in sums.items() if name in self.weights}
        scale = self._inverse * self.weights.get("gamma", 1.0)
        if not self._from_batch:
            return (scale * upstream,)
        count = upstream.size // upstream.shape[-1]  # M, the values per channel
        return (scale * (upstream - sums["beta"] / count - h * (sums["gamma"] / count)),)
