"""What is found out before the first repeat starts: the data load, the network builds, the augmentation acts."""

from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.config.consistency import data_contradictions, without_validation
from cnnlab.config.schema import Config
from cnnlab.datasets import Dataset, data_places, load_dataset
from cnnlab.datasets.splits import prepare_streaming
from cnnlab.errors import ConfigError
from cnnlab.training.augmentation_check import augmented, check_augmentation, sample
from cnnlab.training.devices import require_even_shares
from cnnlab.training.framework import import_keras
from cnnlab.training.group_notes import group_notes
from cnnlab.training.inputs import drawn_splits
from cnnlab.training.model import build_network
from cnnlab.training.seeds import repeat_seed
from cnnlab.training.undefined import undefined_monitors, undefined_notes

PREVIEW_IMAGES, PREVIEW_VERSIONS = 8, 4


def load_data(config: Config, data_dir: Path | None) -> Dataset:
    """The config's data set. Raises DataError when it is missing or damaged."""
    return load_dataset(config.data.dataset.name, config.data.dataset.parameters, data_places(data_dir))


def prepare(config: Config, data: Dataset) -> dict[str, Any]:
    """Build the network and augment a few images of repeat 0, so that what is wrong shows before it costs hours.

    Returns the weight count, `warnings` (sentences on figures and augmentation), and arrays for the picture
    augmentation.png: `originals` float32 (n, height, width, channels) and `augmented` (versions, n, ...), both in
    the config's scale, which is `range`. Raises ConfigError where the network cannot be built, or the augmentation
    spoils the images.
    """
    import_keras().backend.clear_session()
    seed = repeat_seed(config.seed, 0)
    model = build_network(config, data.info, seed)
    splits = drawn_splits(config, data, seed)
    require_even_shares(config.training, splits)
    prepare_streaming(splits.present(), config.data.memory_budget)
    images = sample(config, splits.train, data.info) if config.augment else None
    return {
        "weights": model.count_params(),
        "warnings": [
            *undefined_notes(config, data),
            *group_notes(config, data),
            *([] if images is None else check_augmentation(config, images, seed)),
        ],
        **({} if images is None else preview(config, images[:PREVIEW_IMAGES], seed)),
    }


def require_fit(config: Config, data: Dataset) -> None:
    """Raise ConfigError where the config asks for what these data, now that they are read, do not have or define."""
    found = list(data_contradictions(config, data.info))
    if data.validation is None:
        found += without_validation(config)
    found = found or list(undefined_monitors(config, data))
    if found:
        raise ConfigError("; ".join(f"{'.'.join(map(str, key))}: {problem}" for key, problem in found) + ".")


def preview(config: Config, images: np.ndarray, seed: int) -> dict[str, Any]:
    """A few training images, preprocessed and scaled, and augmented versions of each."""
    versions = [augmented(config, images, seed, chunk=chunk) for chunk in range(PREVIEW_VERSIONS)]
    return {
        "originals": images,
        "augmented": np.stack(versions),
        "range": list(config.data.scale),
    }
