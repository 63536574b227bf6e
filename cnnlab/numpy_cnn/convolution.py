"""Two-dimensional convolution."""

from typing import final

import numpy as np

from cnnlab.numpy_cnn.layer import Array, Layer, along_channels
from cnnlab.numpy_cnn.patches import gather_patches, row_strips
from cnnlab.numpy_cnn.scratch import SCRATCH
from cnnlab.numpy_cnn.windows import Pair, Window


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

    def infer(self, *inputs: Array) -> Array:
        """Map ``(in, height, width, batch)`` to ``(filters, rows, columns, batch)``.

        It departs from `forward` in two ways. The patches stand in columns, so that gathering them copies whole
        runs of images and the product ``W^T P`` comes out in the right layout. And there is one matrix of
        patches, and one product, for each row of windows: see `gather_patches`.
        """
        (x,) = inputs
        rows, columns = self.window.output_size(x)
        matrix = self.matrix()
        y = SCRATCH.empty((len(matrix), rows, columns, x.shape[-1]), x.dtype)
        by_row = y.reshape(len(matrix), rows, -1).swapaxes(0, 1)  # (rows, filters, columns*batch)
        padded = self.window.pad(x, empty=SCRATCH.empty)
        for strip in row_strips(self.window, x, rows, columns):
            patches = gather_patches(self.window, padded, strip, columns)  # (strip, K, columns*batch)
            np.matmul(matrix, patches, out=by_row[strip.start : strip.stop])
        if "bias" in self.weights:
            y += along_channels(self.weights["bias"], y)
        return y

    def matrix(self) -> Array:
        """The kernel as ``W^T``, ``(filters, K)``."""
        kernel = self.weights["kernel"]
        return kernel.reshape(-1, kernel.shape[-1]).T
