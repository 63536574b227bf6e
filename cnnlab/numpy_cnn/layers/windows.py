"""The windows that convolution and pooling slide over an image, padded as Keras and TensorFlow pad."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

Pair = tuple[int, int]
Slices = tuple[slice, slice]


@final
@dataclass(frozen=True)
class Window:
    """A window of `size` taps, `dilation` pixels apart, moved by `strides`; pairs are (height, width).

    Along one axis a window covers ``span = (size - 1) * dilation + 1`` pixels. Of an image of `length` pixels

    * ``valid`` padding reads only the image: ``(length - span) // strides + 1`` windows;
    * ``same`` padding gives ``ceil(length / strides)`` windows, for which
      ``max((windows - 1) * strides + span - length, 0)`` pixels are missing. Half of them, rounded down, are
      added before the image and the rest after it. So a 3-pixel window with stride 2 on an even length pads
      only after the image, and a 2-pixel window with stride 1 too.

    See V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", 2016, and
    https://www.tensorflow.org/api_docs/python/tf/nn, "Notes on padding".

    Height and width are axes 1 and 2 in both layouts of this package, so every method here serves both.
    """

    size: Pair
    strides: Pair = (1, 1)
    padding: str = "valid"
    dilation: Pair = (1, 1)

    def __post_init__(self) -> None:
        """Refuse a padding that is neither of the two."""
        if self.padding not in ("same", "valid"):
            raise ValueError(f"padding must be 'same' or 'valid', not {self.padding!r}")

    def span(self) -> Pair:
        """How many pixels the window covers, (height, width)."""
        height, width = ((n - 1) * d + 1 for n, d in zip(self.size, self.dilation, strict=True))
        return height, width

    def output_size(self, x: NDArray[Any]) -> Pair:
        """How many windows fit, (rows, columns)."""
        rows, columns = (self._count(x.shape[axis], axis - 1) for axis in (1, 2))
        return rows, columns

    def _count(self, length: int, axis: int) -> int:
        if self.padding == "same":
            return -(-length // self.strides[axis])  # ceil
        count = (length - self.span()[axis]) // self.strides[axis] + 1
        if count < 1:
            raise ValueError(
                f"a window over {self.span()[axis]} pixels does not fit into {length} with valid padding"
            )
        return count

    def pads(self, x: NDArray[Any]) -> tuple[Pair, Pair]:
        """The pixels to add before and after the image: ((top, bottom), (left, right))."""
        if self.padding == "valid":
            return (0, 0), (0, 0)
        totals = [
            max((self._count(length, axis) - 1) * self.strides[axis] + self.span()[axis] - length, 0)
            for axis, length in enumerate(x.shape[1:3])
        ]
        top, left = (total // 2 for total in totals)
        return (top, totals[0] - top), (left, totals[1] - left)

    def padded_shape(self, x: NDArray[Any]) -> tuple[int, int, int, int]:
        """The shape of the image with its padding."""
        (top, bottom), (left, right) = self.pads(x)
        first, height, width, last = x.shape
        return first, top + height + bottom, left + width + right, last

    def pad(self, x: NDArray[Any], value: float = 0.0, *, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """Return the image with its padding, in `out` if given; `x` itself where it needs none."""
        shape = self.padded_shape(x)
        if shape == x.shape:
            return x
        (top, _), (left, _) = self.pads(x)
        _, height, width, _ = x.shape
        padded = np.empty(shape, x.dtype) if out is None else out
        padded[:, :top] = padded[:, top + height :] = value
        padded[:, :, :left] = padded[:, :, left + width :] = value
        padded[:, top : top + height, left : left + width] = x
        return padded

    def crop(self, padded: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
        """Undo `pad`: the part of `padded` that belongs to the image `x`."""
        (top, _), (left, _) = self.pads(x)
        return padded[:, top : top + x.shape[1], left : left + x.shape[2]]

    def taps(self, output_size: Pair) -> Iterator[Slices]:
        """Yield, tap by tap in reading order, where in the padded image all windows find that tap.

        ``padded[:, *slices]`` holds one pixel per window, `output_size` of them.
        """
        (rows, columns), (down, right) = output_size, self.strides
        for i in range(self.size[0]):
            top = i * self.dilation[0]
            for j in range(self.size[1]):
                left = j * self.dilation[1]
                yield (
                    slice(top, top + (rows - 1) * down + 1, down),
                    slice(left, left + (columns - 1) * right + 1, right),
                )
