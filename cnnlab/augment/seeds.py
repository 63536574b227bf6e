"""Random numbers of augmentations, decided from outside: one start value for each generator and chunk of images.

Keras' augmentation layers keep the state of their generators in variables of the backend. Here each generator is
replaced by a `ChunkSeed`, which gets its start value and counts up from there as Keras' own does, but holds no
variable. So a layer is a pure function of images and seeds, and works in `tf.data` whatever backend the network
runs on, with the same numbers.
"""

from functools import cache
from typing import Any


@cache
def _chunk_seed_class() -> Any:
    from keras.random import SeedGenerator

    class ChunkSeed(SeedGenerator):
        """A generator without a variable: `start`, then `start` + (0, 1), + (0, 2), ..."""

        def __init__(self) -> None:
            self.start: Any = None
            self.drawn = 0

        def begin(self, start: Any) -> None:
            """Start anew from `start`, a TensorFlow tensor, uint32 (2,)."""
            import tensorflow as tf

            self.start, self.drawn = tf.cast(start, tf.int64), 0

        def next(self, ordered: bool = True) -> Any:
            """The next seed for TensorFlow's stateless random functions, int64 (2,) as in Keras' own."""
            import tensorflow as tf

            seed = self.start + tf.constant([0, self.drawn], tf.int64)
            self.drawn += 1
            return seed

    return ChunkSeed


def take_over(augmentation: Any) -> list[Any]:
    """Put a `ChunkSeed` in the place of each generator of an augmentation; return them all.

    The generators are its attributes, or items of an attribute that is a list; those of inner layers count, too.
    """
    import keras

    found: list[Any] = []
    inner = list(getattr(augmentation, "_layers", ()))
    for name, value in list(vars(augmentation).items()):
        if isinstance(value, keras.random.SeedGenerator):
            found.append(_chunk_seed_class()())
            object.__setattr__(augmentation, name, found[-1])
            object.__setattr__(augmentation, "_get_seed_generator", lambda backend=None, own=found[-1]: own)
        elif isinstance(value, list) and value and isinstance(value[0], keras.random.SeedGenerator):
            if name.startswith("_"):
                continue  # Keras' own record of them
            value[:] = [_chunk_seed_class()() for _ in value]
            found += value
        elif isinstance(value, keras.layers.Layer) and value not in inner:
            inner.append(value)
    return found + [seed for layer in inner for seed in take_over(layer)]
