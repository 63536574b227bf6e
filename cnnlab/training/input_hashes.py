"""What really reached the network: a CRC-32 for every epoch, the same on every backend.

Each batch has the CRC-32 of its bytes (images, labels and, where there are some, weights, in C order); an epoch has
that of its batches' hashes, four bytes each, the highest first. Whoever has the batches gets both with `zlib.crc32`.
"""

import zlib
from collections.abc import Iterable

import numpy as np


class InputHashes:
    """Hashes batches as the pipeline makes them, which is ahead of the training, and in another thread."""

    def __init__(self, batch_size: int, steps_per_epoch: int) -> None:
        """Know how the images of an epoch are cut into batches."""
        self.batch_size, self.steps = batch_size, steps_per_epoch
        self.of: dict[int, int] = {}  # by step of the whole training, from 0

    def watch(self, epoch: int, start: int, *parts: np.ndarray) -> None:
        """Hash the batches of a chunk: arrays of one length, the first entry at position `start` of the epoch."""
        for first in range(0, len(parts[0]), self.batch_size):
            crc = 0
            for part in parts:
                crc = zlib.crc32(part[first : first + self.batch_size].data, crc)
            self.of[int(epoch) * self.steps + (int(start) + first) // self.batch_size] = crc

    def add(self, begun: int, steps: Iterable[int]) -> int:
        """Return the hash of an epoch, `begun` until now, with the batches of these steps, which are forgotten."""
        for step in steps:
            begun = zlib.crc32(self.of.pop(step).to_bytes(4, "big"), begun)
        return begun
