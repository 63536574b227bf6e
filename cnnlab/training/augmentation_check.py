"""The augmentation, tried on real training images before any training is paid for."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.augment.check import Effect, effect, sentence
from cnnlab.config.schema import Config
from cnnlab.datasets import DatasetInfo
from cnnlab.errors import ConfigError
from cnnlab.training.model import preprocessing_model
from cnnlab.training.seeds import augmentation_states

IMAGES = 64

Array = np.ndarray


@dataclass(frozen=True)
class Trial:
    """What each augmentation of a config, and all together, did to the same images."""

    effects: tuple[Effect, ...]  # of each in its place, behind those before it; then of all together
    warnings: tuple[str, ...]  # what is wrong, as sentences; at most one


def check_augmentation(config: Config, images: Array, seed: int) -> list[str]:
    """Try the config's augmentation on scaled training images, and return what it must be warned of.

    Raises ConfigError, naming the augmentation, instead, where `augmentation_check` is ``error``.
    """
    if config.augmentation_check == "off":
        return []
    warnings = try_augmentation(config, images, seed).warnings
    if warnings and config.augmentation_check == "error":
        raise ConfigError(f"{warnings[0]}.")
    return [f"{warning}." for warning in warnings]


def sample(config: Config, train: Any, info: DatasetInfo) -> Array:
    """Training images, preprocessed and scaled: float32 (n, height, width, channels), n at most `IMAGES`."""
    from cnnlab.training.pipeline import scaled

    pixels = train.images[:IMAGES]
    if config.preprocess:
        pixels = preprocessing_model(config.preprocess, info)(pixels)
    return np.asarray(scaled(pixels, config.data.scale))


def try_augmentation(config: Config, images: Array, seed: int) -> Trial:
    """Apply one augmentation after the other, as in training, each compared with what it was given."""
    scale = config.data.scale
    effects: list[Effect] = []
    warnings: list[str] = []
    last = images
    for index, item in enumerate(config.augment):
        before, last = last, augmented(config, last, seed, slice(index, index + 1))
        found = effect(f"augment.{index}.{item.name}", before, last, scale)
        effects.append(found)
        if found.problem is not None and not warnings:
            warnings.append(sentence(found, item.dump(), scale))
    together = effect("all augmentations together", images, last, scale)
    if together.problem is not None and not warnings:
        warnings.append(sentence(together, {}, scale))
    return Trial((*effects, together), tuple(warnings))


def augmented(config: Config, images: Array, seed: int, part: slice = slice(None), chunk: int = 0) -> Array:
    """Apply a part of the config's augmentations, with the states of a chunk of the first epoch."""
    import tensorflow as tf

    from cnnlab.augment.augmenter import Augmenter

    augmenter = Augmenter(config.augment[part], config.data.scale)
    states = augmentation_states(seed, 0, chunk, augmenter.generators)
    return np.asarray(tf.function(augmenter, autograph=False)(tf.constant(images), states))
