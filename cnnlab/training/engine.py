"""Many steps in one call: the backend's loops over batches, and how many steps a call takes."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cnnlab.backends import active

SECONDS_PER_CALL = 0.25  # between two looks at whether the run is to stop


class Engine:
    """Runs training and validation steps of a compiled network, many in one call."""

    def __init__(self, part: Any) -> None:
        """Take a compiled `TrainedNetwork`; the steps are traced when they are first used."""
        self.train = active().training_loop(part)
        """Takes an iterator over batches, how many to train on, and whether the metrics begin anew before."""
        self.test = active().test_loop(part)
        """The same for updating the metrics alone."""


@dataclass
class Pace:
    """Chooses how many steps a call takes: what fits into `SECONDS_PER_CALL`, by the speed of the last call."""

    steps: int = 1

    def portions(self, total: int, done: int = 0) -> Iterator[int]:
        """Yield portions that sum up to `total` - `done`, each to be worked through before the next is asked for."""
        while done < total:
            portion = min(self.steps, total - done)
            started = time.perf_counter()
            yield portion
            fitting = int(portion * SECONDS_PER_CALL / max(time.perf_counter() - started, 1e-6))
            self.steps = max(1, min(fitting, 2 * portion))
            done += portion
