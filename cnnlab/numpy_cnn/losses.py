"""Losses: the mean over a batch, and its gradient with respect to the predictions."""

from abc import ABC, abstractmethod
from typing import ClassVar, final

import numpy as np

from cnnlab.numpy_cnn.layers.layer import Array, Layer
from cnnlab.numpy_cnn.layers.sigmoid import Sigmoid
from cnnlab.numpy_cnn.layers.softmax import Softmax, softmax

EPSILON = 1e-7  # Keras' backend.epsilon(): probabilities are kept this far from 0 and 1


class Loss(ABC):
    """A number to be made small, the mean over the batch, computed from probabilities or from logits.

    The logarithm of a probability that was rounded to 0 cannot be saved, that of a softmax or a sigmoid can
    be computed from its input (the logits) without loss. `Network` therefore steps over a last layer of the
    class `activation` and asks for the loss from its logits, as Keras does on TensorFlow.
    """

    activation: ClassVar[type[Layer]]
    """The activation that turns this loss's logits into probabilities."""

    def __init__(self, *, from_logits: bool = False, label_smoothing: float = 0.0) -> None:
        """Say what the predictions will be, and what share of each label is spread over all classes."""
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing

    def value(self, y_true: Array, y_pred: Array, *, from_logits: bool | None = None) -> float:
        """The mean loss of the batch; `from_logits` overrides the setting for this call."""
        targets = self.targets(y_true, y_pred)
        logits = self.from_logits if from_logits is None else from_logits
        each = self._from_logits(targets, y_pred) if logits else self._from_probabilities(targets, y_pred)
        return float(each.mean(dtype=np.float64))

    def gradient(self, y_true: Array, y_pred: Array, *, from_logits: bool | None = None) -> Array:
        """The gradient of `value` with respect to `y_pred`, in its shape."""
        targets = self.targets(y_true, y_pred)
        logits = self.from_logits if from_logits is None else from_logits
        each = self._logit_gradient if logits else self._probability_gradient
        return each(targets, y_pred)

    @abstractmethod
    def targets(self, y_true: Array, y_pred: Array) -> Array:
        """The labels as smoothed probabilities, in shape and type of the predictions."""

    @abstractmethod
    def _from_logits(self, targets: Array, z: Array) -> Array: ...

    @abstractmethod
    def _logit_gradient(self, targets: Array, z: Array) -> Array: ...

    @abstractmethod
    def _from_probabilities(self, targets: Array, p: Array) -> Array: ...

    @abstractmethod
    def _probability_gradient(self, targets: Array, p: Array) -> Array: ...


@final
class CategoricalCrossentropy(Loss):
    """The surprise at the true class: ``-sum over k of t[k] * log(p[k])``, averaged over the batch.

    Labels are one-hot ``(batch, classes)`` or whole numbers ``(batch,)``; smoothing turns a label t into
    ``t * (1 - s) + s / classes``. From logits z, with p = softmax(z)::

        log(p[k]) = z[k] - max(z) - log(sum over j of exp(z[j] - max(z)))
        dz = (p * sum(t) - t) / batch

    From probabilities, which are first divided by their sum S and clipped to [1e-7, 1 - 1e-7], as in Keras;
    the gradient is zero where the clipping acts::

        q = p / S      dq = -t / q      dp = (dq - sum(dq * q)) / (S * batch)
    """

    activation = Softmax

    def targets(self, y_true: Array, y_pred: Array) -> Array:
        """One-hot labels from either form, smoothed."""
        classes = y_pred.shape[-1]
        y = np.asarray(y_true)
        if y.ndim < y_pred.ndim:
            y = y[..., np.newaxis] == np.arange(classes)
        return y.astype(y_pred.dtype) * (1.0 - self.label_smoothing) + self.label_smoothing / classes

    def _from_logits(self, targets: Array, z: Array) -> Array:
        z = z - z.max(axis=-1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
        return -(targets * log_p).sum(axis=-1)

    def _logit_gradient(self, targets: Array, z: Array) -> Array:
        rows = z.size // z.shape[-1]
        return (softmax(z, axis=-1) * targets.sum(axis=-1, keepdims=True) - targets) / rows

    def _from_probabilities(self, targets: Array, p: Array) -> Array:
        q = np.clip(p / p.sum(axis=-1, keepdims=True), EPSILON, 1 - EPSILON)
        return -(targets * np.log(q)).sum(axis=-1)

    def _probability_gradient(self, targets: Array, p: Array) -> Array:
        total, rows = p.sum(axis=-1, keepdims=True), p.size // p.shape[-1]
        q = p / total
        clipped = np.clip(q, EPSILON, 1 - EPSILON)
        dq = np.where(q == clipped, -targets / clipped, 0)
        return (dq - (dq * q).sum(axis=-1, keepdims=True)) / (total * rows)


@final
class BinaryCrossentropy(Loss):
    """Cross-entropy of independent yes-no questions, averaged over all of them.

    Labels t are 0 or 1 in the shape of the predictions; smoothing turns t into ``t * (1 - s) + s / 2``. From
    logits z, with p = sigmoid(z) and M the number of predictions::

        loss = max(z, 0) - z * t + log(1 + exp(-|z|))        dz = (p - t) / M

    From probabilities, clipped to [1e-7, 1 - 1e-7]; the gradient is zero where the clipping acts::

        loss = -t * log(p) - (1 - t) * log(1 - p)            dp = (p - t) / (p * (1 - p) * M)
    """

    activation = Sigmoid

    def targets(self, y_true: Array, y_pred: Array) -> Array:
        """The labels in the shape of the predictions, smoothed."""
        y = np.asarray(y_true).reshape(y_pred.shape).astype(y_pred.dtype)
        return y * (1.0 - self.label_smoothing) + 0.5 * self.label_smoothing

    def _from_logits(self, targets: Array, z: Array) -> Array:
        return np.maximum(z, 0) - z * targets + np.log1p(np.exp(-np.abs(z)))

    def _logit_gradient(self, targets: Array, z: Array) -> Array:
        return (Sigmoid().function(z) - targets) / z.size

    def _from_probabilities(self, targets: Array, p: Array) -> Array:
        p = np.clip(p, EPSILON, 1 - EPSILON)
        return -targets * np.log(p) - (1 - targets) * np.log(1 - p)

    def _probability_gradient(self, targets: Array, p: Array) -> Array:
        clipped = np.clip(p, EPSILON, 1 - EPSILON)
        dp = (clipped - targets) / (clipped * (1 - clipped) * p.size)
        return np.where(p == clipped, dp, 0)
