"""Two-dimensional convolution."""

from typing import final

import numpy as np

from cnnlab.numpy_cnn.layers.layer import Array, Layer
from cnnlab.numpy_cnn.layers.windows import Pair, Window


@final
class Conv2D(Layer):
    """Slide a stack of small kernels over an image (cross-correlation, as in every deep learning library).

    With x ``(batch, height, width, in)``, kernel ``(kernel_height, kernel_width, in, filters)``, bias
    ``(filters,)``, strides (s, t), dilation (d, e) and x padded by zeros::

        y[n, r, c, f] = bias[f] + sum over i, j, k of x[n, r*s + i*d, c*t + j*e, k] * kernel[i, j, k, f]

    Every window is laid out as one row of a matrix, the patches P ``(batch*rows*columns, K)`` with
    ``K = kernel_height * kernel_width * in``. The convolution is then one matrix product with the kernel as
    a matrix W ``(K, filters)``, and so are its gradients. With Y and the upstream gradient G
    ``(batch*rows*columns, filters)``::

        Y = P W + bias      dW = P^T G      dbias = column sums of G      dP = G W^T

    A pixel lies in several windows, so its gradient is the sum of all entries of dP that were copied from it.

    Source of the matrix form: K. Chellapilla, S. Puri and P. Simard, "High performance convolutional neural
    networks for document processing", 2006; of the gradients: I. Goodfellow, Y. Bengio and A. Courville,
    "Deep Learning", 2016, sections 6.5.6 and 9.5.
    """

    def __init__(
        self,
        kernel: Array,
        bias: Array | None = None,
        *,
        strides: Pair = (1, 1),
        padding: str = "valid",
        dilation_rate: Pair = (1, 1),
    ) -> None:
        """Take the kernel and, unless ``use_bias=False``, the bias; the rest is as in Keras."""
        super().__init__({"kernel": kernel} if bias is None else {"kernel": kernel, "bias": bias})
        height, width, _, _ = kernel.shape
        self.window = Window((height, width), strides, padding, dilation_rate)

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Map ``(batch, height, width, in)`` to ``(batch, rows, columns, filters)``."""
        (x,) = inputs
        kernel = self.weights["kernel"]
        filters = kernel.shape[-1]
        rows, columns = self.window.output_size(x)
        padded = self.window.pad(x)
        taps = [padded[:, down, right] for down, right in self.window.taps((rows, columns))]
        patches = np.stack(taps, axis=3)  # (batch, rows, columns, kernel_height*kernel_width, in)
        self._x, self._padded_shape = x, padded.shape
        self._patches = patches.reshape(len(x) * rows * columns, -1)  # (batch*rows*columns, K)
        y = self._patches @ kernel.reshape(-1, filters)  # (batch*rows*columns, filters)
        if "bias" in self.weights:
            y += self.weights["bias"]
        return y.reshape(len(x), rows, columns, filters)

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Map ``(batch, rows, columns, filters)`` to ``(batch, height, width, in)``."""
        kernel = self.weights["kernel"]
        *sizes, filters = upstream.shape
        g = upstream.reshape(-1, filters)  # (batch*rows*columns, filters)
        self.gradients = {"kernel": (self._patches.T @ g).reshape(kernel.shape)}
        if "bias" in self.weights:
            self.gradients["bias"] = g.sum(axis=0)
        d_patches = g @ kernel.reshape(-1, filters).T  # (batch*rows*columns, K)
        d_taps = d_patches.reshape(*sizes, -1, kernel.shape[2])  # (batch, rows, columns, taps, in)
        d_padded = np.zeros(self._padded_shape, upstream.dtype)
        for tap, (down, right) in enumerate(self.window.taps((sizes[1], sizes[2]))):
            d_padded[:, down, right] += d_taps[:, :, :, tap]
        return (self.window.crop(d_padded, self._x),)
