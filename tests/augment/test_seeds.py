"""Augmentations draw from the seeds that they are given, and from nothing else."""

from typing import Any

import numpy as np
import pytest

from cnnlab.augment import augmentation
from cnnlab.items import Item
from tests.augment.test_augmentations import cases, images

pytestmark = pytest.mark.keras
PYTHONS_RANDOM = {"aug_mix"}  # chooses its operations while it is traced
WITHOUT_CHANCE = {"auto_contrast", "equalization", "solarization", "random_posterization"} | {
    "random_affine",  # with their defaults these three do nothing
    "random_color_jitter",
    "random_shear",
}


def augmenter(*names: str) -> Any:
    from cnnlab.augment.augmenter import Augmenter

    items = [Item(name, augmentation.get(name).parameters.model_validate(cases(name)[0])) for name in names]
    return Augmenter(tuple(items), (-1.0, 1.0))


def states(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2**32, (count, 2), np.uint32)


@pytest.mark.parametrize("name", [name for name in augmentation if name not in PYTHONS_RANDOM])
def test_the_same_seeds_give_the_same_images(name: str) -> None:
    import tensorflow as tf

    first, second = augmenter(name), augmenter(name)
    traced = tf.function(first)
    x = images((-1.0, 1.0))
    own, other = states(first.generators), states(first.generators, seed=2)
    before = np.asarray(traced(x, tf.constant(own)))
    traced(x, tf.constant(other))
    np.testing.assert_array_equal(np.asarray(traced(x, tf.constant(own))), before)
    np.testing.assert_array_equal(np.asarray(tf.function(second)(x, tf.constant(own))), before)
    if name not in WITHOUT_CHANCE:
        assert any(
            not np.array_equal(np.asarray(traced(x, tf.constant(states(first.generators, seed=s)))), before)
            for s in range(3, 8)
        )


def test_each_generator_counts_up_as_keras_does() -> None:
    import keras
    import tensorflow as tf

    from cnnlab.augment.seeds import take_over

    theirs = keras.random.SeedGenerator(7)
    (ours,) = take_over(keras.layers.RandomFlip(seed=0))
    ours.begin(tf.constant([7, 0], tf.uint32))
    for _ in range(3):
        np.testing.assert_array_equal(np.asarray(ours.next()), np.asarray(theirs.next()))


def test_inner_layers_are_found() -> None:
    assert augmenter("random_rotation").generators == augmenter("random_invert").generators == 1
    assert augmenter("rand_augment").generators == 10
    assert augmenter("random_color_jitter").generators == 1
    assert augmenter("random_affine", "random_elastic").generators == 2
