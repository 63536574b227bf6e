"""Mean and standard deviation of each colour channel over a split, read once, some megabytes at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.datasets.stored import BLOCK_BYTES, StoredImages


@dataclass(frozen=True)
class ChannelStatistics:
    """Mean and standard deviation per channel, of pixel values 0 to 255; one number per channel each.

    A channel that never varies has the standard deviation 1, so that dividing by it is harmless.
    """

    mean: tuple[float, ...]
    sd: tuple[float, ...]

    @classmethod
    def neutral(cls, channels: int) -> "ChannelStatistics":
        """Statistics that stand in where no data are at hand, such as to show a network's layers."""
        return cls((0.0,) * channels, (1.0,) * channels)

    def scaled(self, low: float, high: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Mean and variance per channel once 0 to 255 is mapped to `low` to `high`."""
        factor = (high - low) / 255.0
        return (
            tuple(value * factor + low for value in self.mean),
            tuple((value * factor) ** 2 for value in self.sd),
        )

    def plain(self) -> dict[str, list[float]]:
        """Both as plain data."""
        return {"mean": list(self.mean), "sd": list(self.sd)}


def channel_statistics(images: np.ndarray | StoredImages) -> ChannelStatistics:
    """Compute them over all `images`, uint8 (n, height, width, channels), with n >= 1.

    Sums of bytes and of their squares are whole numbers below 2**53, so float64 holds them exactly and the result
    does not depend on the order in which images are read. The variance is the population's, as Keras' own is.
    """
    channels = images.shape[-1]
    sums, squares = np.zeros(channels), np.zeros(channels)
    for block in _blocks(images):
        for channel in range(channels):
            values = block[..., channel].astype(np.float64).ravel()
            sums[channel] += values.sum()
            squares[channel] += values @ values
    count = np.prod(images.shape[:-1], dtype=np.float64)
    mean = sums / count
    variance = np.maximum(squares / count - mean**2, 0.0)
    sd = np.where(variance > 1e-9, np.sqrt(variance), 1.0)
    return ChannelStatistics(tuple(mean.tolist()), tuple(sd.tolist()))


def _blocks(images: Any) -> Iterator[np.ndarray]:
    """All images in any order, some megabytes at a time."""
    if isinstance(images, StoredImages):
        yield from images.unordered_blocks()
        return
    count = max(1, BLOCK_BYTES // int(np.prod(images.shape[1:])))
    for start in range(0, len(images), count):
        yield images[start : start + count]
