"""What a config's augmentation does to real training images: each alone, and all together."""

from dataclasses import dataclass

import numpy as np

from cnnlab.augment.check import Effect
from cnnlab.config.schema import Config
from cnnlab.datasets import Dataset
from cnnlab.training.augmentation_check import augmented, sample, try_augmentation
from cnnlab.training.framework import import_keras, without_chatter
from cnnlab.training.inputs import drawn_splits
from cnnlab.training.prepare import require_fit
from cnnlab.training.seeds import repeat_seed

TOGETHER_ROWS = 3


@dataclass(frozen=True)
class Preview:
    """Images of the first repeat, and what becomes of them.

    rows: by name, float32 (n, height, width, channels): the same images under each augmentation alone, then
    several times under all together; `originals` is without. `effects` and `warnings` are those of the check.
    """

    originals: np.ndarray
    rows: tuple[tuple[str, np.ndarray], ...]
    effects: tuple[Effect, ...]
    warnings: tuple[str, ...]


def make_preview(config: Config, data: Dataset) -> Preview:
    """Apply the augmentation to training images of the first repeat, with the states of its first epoch.

    Raises ConfigError where the config does not fit the data.
    """
    require_fit(config, data)
    with without_chatter():
        import_keras()
        seed = repeat_seed(config.seed, 0)
        originals = sample(config, drawn_splits(config, data, seed).train, data.info)
        rows = [
            (item.name, augmented(config, originals, seed, slice(index, index + 1)))
            for index, item in enumerate(config.augment)
        ]
        rows += [("all together", augmented(config, originals, seed, chunk=k)) for k in range(TOGETHER_ROWS)]
        trial = try_augmentation(config, originals, seed)
    return Preview(originals, tuple(rows), trial.effects, trial.warnings)
