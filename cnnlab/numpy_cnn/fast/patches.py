"""The patches of an image on the fast path, gathered with as little copying as possible."""

from collections.abc import Iterator

import numpy as np

from cnnlab.numpy_cnn.fast.scratch import SCRATCH
from cnnlab.numpy_cnn.layers.layer import Array
from cnnlab.numpy_cnn.layers.windows import Window

STRIP_BYTES = 1 << 21  # gathered at a time: about what the caches next to a core hold


def row_strips(window: Window, x: Array, rows: int, columns: int) -> Iterator[range]:
    """Cut ``range(rows)`` into equal strips whose patches, `columns` in a row, take about `STRIP_BYTES`."""
    channels, batch = len(x), x.shape[-1]
    row_bytes = window.size[1] * channels * columns * batch * x.itemsize
    strips = min(rows, -(-rows * row_bytes // STRIP_BYTES))
    for strip in range(strips):
        yield range(rows * strip // strips, rows * (strip + 1) // strips)


def gather_patches(window: Window, padded: Array, rows: range, columns: int, *, groups: int = 1) -> Array:
    """Turn ``(channels, height, width, batch)``, padded, into a matrix of patches for every row of windows.

    The result is ``(rows, K, columns*batch)`` with ``K = kernel_height * kernel_width * channels``: the
    columns of matrix r are the patches of the windows in row r, in all images.

    Windows overlap, so writing down every patch copies a pixel ``kernel_height * kernel_width`` times. Here it
    is copied once for each *column* of the window only, into lines ``(kernel_width*channels, columns*batch)``,
    one for each row of the image. The lines follow each other in memory, so that `kernel_height` of them are
    already the matrix of a row of windows. The result is a view in which neighbouring matrices overlap.

    A row of windows may be sorted into `groups`: with 2, the windows in even columns come before those in odd
    ones, ``(columns*batch)`` being ``(groups, columns/groups, batch)``.
    """
    (height, width), (down, right), (apart, across) = window.size, window.strides, window.dilation
    channels, batch = len(padded), padded.shape[-1]
    if window.size == window.strides == (1, 1) and groups == 1:  # nothing to gather
        return padded.swapaxes(0, 1)[rows.start : rows.stop].reshape(len(rows), channels, -1)
    image = np.ascontiguousarray(padded)
    (channel, line, pixel, _), item = image.strides, image.itemsize
    start = rows.start * down * line  # where in memory the first row of windows begins
    line_shape = (width, channels, groups, columns // groups, batch)
    line_strides = (across * pixel, channel, right * pixel, groups * right * pixel, item)
    matrices = (len(rows), height * width * channels, columns * batch)
    if apart > 1 or down >= height:  # the matrices share no lines
        patches = _copy(
            image, start, (len(rows), height, *line_shape), (down * line, apart * line, *line_strides)
        )
        return patches.reshape(matrices)
    lines = _copy(image, start, ((len(rows) - 1) * down + height, *line_shape), (line, *line_strides))
    return np.ndarray(
        matrices, lines.dtype, lines, 0, (down * lines.strides[0], columns * batch * item, item)
    )


def _copy(image: Array, start: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """Copy what an array of this shape would hold that began `start` bytes into the image and had these strides.

    NumPy itself refuses strides that lead beyond the image.
    """
    y = SCRATCH.empty(shape, image.dtype)
    y[...] = np.ndarray(shape, image.dtype, image, start, strides)
    return y
