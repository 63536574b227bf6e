"""The same initial weights on every backend: all are drawn by TensorFlow's stateless generators.

Keras' initializers take their distribution from the layer and their numbers from the backend, and each backend
has numbers of its own. While `drawn_alike` is in force they take TensorFlow's.
"""

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any


@contextlib.contextmanager
def drawn_alike() -> Iterator[None]:
    """Let Keras' random initializers draw, on any backend, the numbers that they draw on TensorFlow."""
    import keras
    from keras.src.initializers import random_initializers

    if keras.backend.backend() == "tensorflow":
        yield
        return
    theirs = random_initializers.random
    drawn = {name: _by_tensorflow(name) for name in ("normal", "truncated_normal", "uniform")}
    random_initializers.random = SimpleNamespace(**{**vars(theirs), **drawn})
    try:
        yield
    finally:
        random_initializers.random = theirs


def _by_tensorflow(name: str) -> Any:
    """One of Keras' random functions as it is on TensorFlow, for seeds that are numbers."""
    import keras
    import numpy as np
    import tensorflow as tf
    from keras.src.backend.tensorflow import random

    class FixedSeed(keras.random.SeedGenerator):
        def __init__(self, seed: int) -> None:
            self.seed = seed

        def next(self, ordered: bool = True) -> Any:
            return tf.constant([self.seed, 0], tf.int64)

    def draw(shape: Any, *args: Any, seed: int, **kwargs: Any) -> Any:
        values = getattr(random, name)(shape, *args, seed=FixedSeed(seed), **kwargs)
        return keras.ops.convert_to_tensor(np.asarray(values))

    return draw
