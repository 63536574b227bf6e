"""The fully connected layer."""

from typing import final

from cnnlab.numpy_cnn.layers.layer import Array, Layer


@final
class Dense(Layer):
    """Make every output a weighted sum of all inputs.

    With x ``(batch, in)``, kernel W ``(in, units)``, bias b ``(units,)`` and the upstream gradient G
    ``(batch, units)``::

        y = x W + b      dx = G W^T      dW = x^T G      db = column sums of G

    More axes between batch and features are treated as part of the batch, as in Keras. Source: I. Goodfellow,
    Y. Bengio and A. Courville, "Deep Learning", 2016, section 6.5.6.
    """

    def __init__(self, kernel: Array, bias: Array | None = None) -> None:
        """Take the kernel ``(in, units)`` and, unless ``use_bias=False``, the bias ``(units,)``."""
        super().__init__({"kernel": kernel} if bias is None else {"kernel": kernel, "bias": bias})

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Map ``(batch, in)`` to ``(batch, units)``."""
        (x,) = inputs
        self._x = x
        y = x @ self.weights["kernel"]
        return y + self.weights["bias"] if "bias" in self.weights else y

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Map ``(batch, units)`` to ``(batch, in)``."""
        kernel = self.weights["kernel"]
        g = upstream.reshape(-1, upstream.shape[-1])  # (batch, units)
        self.gradients = {"kernel": self._x.reshape(len(g), -1).T @ g}
        if "bias" in self.weights:
            self.gradients["bias"] = g.sum(axis=0)
        return (upstream @ kernel.T,)
