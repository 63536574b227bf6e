"""Two-dimensional convolution."""

from typing import final

import numpy as np

from cnnlab.numpy_cnn.layer import Array, Layer, along_channels
from cnnlab.numpy_cnn.scratch import SCRATCH
from cnnlab.numpy_cnn.windows import Pair, Window

STRIP_BYTES = (
    1 << 20
)  # patches gathered at a time on the fast path: they should stay in the second-level cache


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

        It departs from `forward` in two ways. The patches stand in columns, ``(K, rows*columns*batch)``, so
        that gathering them copies whole runs of images and the product ``W^T P`` comes out in the right
        layout. And they are gathered for a strip of rows at a time, so that they stay in the cache and the
        memory they take does not grow with the image.
        """
        (x,) = inputs
        kernel = self.weights["kernel"]
        matrix = kernel.reshape(-1, kernel.shape[-1]).T  # (filters, K)
        y = SCRATCH.empty((len(matrix), *self.window.output_size(x), x.shape[-1]), x.dtype)
        self.product(matrix, self.window, self.window.pad(x, empty=SCRATCH.empty), y)
        if "bias" in self.weights:
            y += along_channels(self.weights["bias"], y)
        return y

    @staticmethod
    def product(matrix: Array, window: Window, padded: Array, out: Array) -> None:
        """Multiply ``(filters, K)`` with all patches into `out`, ``(filters, rows, columns, batch)``."""
        filters, rows, columns, batch = out.shape
        strip = max(1, STRIP_BYTES // (matrix.shape[1] * columns * batch * out.itemsize))
        for top in range(0, rows, strip):
            part = out[:, top : top + strip]  # (filters, strip, columns, batch)
            patches = _columns(padded, window, part.shape[1:], top)
            np.matmul(matrix, patches, out=part.reshape(filters, -1, copy=False))


def _columns(padded: Array, window: Window, shape: tuple[int, ...], top: int) -> Array:
    """Gather the patches of the windows in rows `top` and below: ``(K, rows*columns*batch)``."""
    rows, columns, batch = shape
    channels, taps = len(padded), window.size[0] * window.size[1]
    if taps == 1 and window.strides == (1, 1):
        return padded[:, top : top + rows].reshape(channels, -1)  # nothing to gather
    patches = SCRATCH.empty((taps, channels, rows, columns, batch), padded.dtype)
    for tap, (down, right) in enumerate(window.taps((rows, columns), top)):
        patches[tap] = padded[:, down, right]
    return patches.reshape(taps * channels, -1)  # (K, rows*columns*batch)
