"""Where every random number comes from: pure functions of the seed, the repeat and the epoch.

Nothing depends on what ran before, so repeat 3 alone equals repeat 3 of a batch, and epoch 200 of a resumed
run equals epoch 200 of one never interrupted. `numpy.random.SeedSequence` mixes the parts (O'Neill 2015).
"""

from functools import lru_cache

import numpy as np

_SPLIT, _ORDER, _AUGMENT, _MEMBER = 0, 1, 2, 3


def repeat_seed(seed: int, repeat: int) -> int:
    """The seed of one repeat, below 2**32, from the config's seed and the repeat's number from 0."""
    return int(np.random.SeedSequence([seed, repeat]).generate_state(1)[0])


def member_seed(seed: int, member: int) -> int:
    """The seed of a member of a repeat's ensemble, from the repeat's seed; that of member 0 is the repeat's own."""
    return seed if member == 0 else int(np.random.SeedSequence([seed, _MEMBER, member]).generate_state(1)[0])


def split_generator(seed: int) -> np.random.Generator:
    """The generator that draws a repeat's splits."""
    return np.random.default_rng([seed, _SPLIT])


@lru_cache(maxsize=2)  # an epoch's chunks ask for it one after the other
def epoch_order(seed: int, epoch: int, size: int) -> np.ndarray:
    """The order of the training images in an epoch counted from 0: a permutation, int64, shape (size,)."""
    order = np.random.default_rng([seed, _ORDER, epoch]).permutation(size)
    order.flags.writeable = False
    return order


def augmentation_states(seed: int, epoch: int, chunk: int, generators: int) -> np.ndarray:
    """Start values of the augmentation layers' generators for one chunk of an epoch: uint32, shape (generators, 2)."""
    state = np.random.SeedSequence([seed, _AUGMENT, epoch, chunk]).generate_state(2 * generators)
    return state.reshape(generators, 2)
