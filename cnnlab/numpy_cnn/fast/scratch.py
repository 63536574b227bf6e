"""Memory that the fast path uses over and over again."""

import sys
import threading
from math import prod
from typing import Any, final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cnnlab.numpy_cnn.layers.windows import Window


@final
class ScratchBuffers(threading.local):
    """Hands out uninitialised arrays from buffers that nobody uses any more; each thread has its own.

    Asking the operating system for megabytes and giving them back for every layer of every chunk costs more
    time than the arithmetic, because each new page is first cleared. A buffer is free again when the only
    reference left is the one in the list here: every array made from it, and every view of such an array,
    holds another one. So nothing has to be given back by hand, and no array in use is ever overwritten.
    """

    def __init__(self) -> None:
        """Start with one empty buffer, on which to see how many references a free one has."""
        self._buffers: list[NDArray[np.uint8]] = [np.empty(0, np.uint8)]
        self._free_count = sys.getrefcount(self._buffers[0])

    def empty(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Return an array of this shape and type with arbitrary content."""
        dtype = np.dtype(dtype)
        size = prod(shape) * dtype.itemsize
        return self._buffers[self._find(size)][:size].view(dtype).reshape(shape)

    def _find(self, size: int) -> int:
        """The index of the smallest free buffer that is large enough; one is made if there is none."""
        buffers = self._buffers
        free = [i for i in range(len(buffers)) if sys.getrefcount(self._buffers[i]) == self._free_count]
        fitting = [i for i in free if buffers[i].nbytes >= size]
        if fitting:
            return min(fitting, key=lambda i: buffers[i].nbytes)
        for index in reversed(free):  # too small: give it up
            del buffers[index]
        buffers.append(np.empty(size, np.uint8))
        return len(buffers) - 1


SCRATCH = ScratchBuffers()


def padded(window: Window, x: NDArray[Any], value: float = 0.0) -> NDArray[Any]:
    """``window.pad(x, value)``, in memory that is used again."""
    shape = window.padded_shape(x)
    return x if shape == x.shape else window.pad(x, value, out=SCRATCH.empty(shape, x.dtype))
