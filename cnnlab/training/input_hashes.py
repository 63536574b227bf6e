"""What really reached the network: a CRC-32 of every epoch's batches, the same on every backend.

It is taken of the batches as they leave the pipeline: the bytes of images, labels and weights, batch after batch, in
C order. Whoever has the batches gets it with `zlib.crc32`.
"""

import zlib
from typing import Any

import numpy as np


class InputHashes:
    """Hashes batches while they pass."""

    def __init__(self, steps_per_epoch: int, first_step: int = 0, begun: int = 0) -> None:
        """Begin at `first_step` of the whole training, where `begun` is the hash of its epoch so far."""
        self.steps, self.first_step, self.current = steps_per_epoch, first_step, begun
        self.after: dict[int, int] = {}  # by steps done of the whole training: the hash of the running epoch

    def watch(self, batches: Any) -> Any:
        """Return `batches`, a tf.data.Dataset that begins at the first step, with each hashed as it passes."""
        import tensorflow as tf

        def note(step: Any, parts: tuple[Any, ...]) -> tuple[Any, ...]:
            tf.numpy_function(self.take, [step, *parts], [])
            return parts

        return batches.enumerate(self.first_step).map(note)

    def take(self, step: int, *parts: np.ndarray) -> None:
        """Add the arrays of the batch of a step to the hash of its epoch."""
        if step % self.steps == 0:
            self.current = 0
        for part in parts:
            self.current = zlib.crc32(part, self.current)  # type: ignore[arg-type]  # a buffer, C-contiguous
        self.after[int(step) + 1] = self.current

    def once_done(self, steps: int) -> int:
        """Return the hash of the running epoch when `steps` steps of the whole training are done."""
        for passed in list(self.after):  # a copy in one go, since the pipeline adds to it meanwhile
            if passed < steps:
                del self.after[passed]
        return self.after[steps]
