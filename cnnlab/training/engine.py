"""Many steps without a return to Python: the compiled loops over batches."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

SECONDS_PER_CALL = 0.25  # between two looks at whether the run is to stop


class Engine:
    """Runs training and validation steps of a compiled network, many in one call."""

    def __init__(self, part: Any) -> None:
        """Take a compiled `TrainedNetwork`; the steps are traced when they are first used."""
        self.train = _loop(part, part.train_step)
        """Takes an iterator over batches and how many to train on."""
        self.test = _loop(part, part.test_step)
        """The same for updating the metrics alone."""


def _loop(part: Any, step: Callable[[Any], Any]) -> Callable[[Any, int], None]:
    """Compile the loop over Keras' own `step`: the number of steps is a tensor, so one trace serves all."""
    import tensorflow as tf

    one_step = tf.function(step, reduce_retracing=True, autograph=False, jit_compile=part.jit_compile)

    def body(batches: Any, done: Any) -> Any:
        one_step(next(batches))
        return done + 1

    @tf.function(reduce_retracing=True, autograph=False)
    def steps(batches: Any, count: Any) -> None:
        tf.while_loop(lambda done: done < count, lambda done: (body(batches, done),), [tf.constant(0)])

    return lambda batches, count: steps(batches, tf.constant(count))


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
