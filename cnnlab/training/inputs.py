"""What a repeat learns from: its images as the network's scaling gets them, and what is known of them beforehand."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cnnlab.backends import active
from cnnlab.config.schema import Config
from cnnlab.datasets import Dataset, DatasetInfo, Split, Splits, draw_split
from cnnlab.datasets.channel_statistics import ChannelStatistics, channel_statistics
from cnnlab.items import Item
from cnnlab.training.class_balance import class_weights
from cnnlab.training.model import preprocessing_model
from cnnlab.training.seeds import repeat_seed, split_generator

AT_A_TIME = 500


@dataclass(frozen=True)
class TrainingInputs:
    """The images that training looks at, preprocessed; statistics of their channels, where the config standardizes."""

    splits: Splits
    statistics: ChannelStatistics | None
    class_weights: tuple[float, ...] | None


def drawn_splits(config: Config, data: Dataset, seed: int) -> Splits:
    """The train, validation and test parts of the repeat with this seed, limited as the config says."""
    return draw_split(
        data,
        train_size=config.data.train_size,
        validation_fraction=config.data.validation_fraction,
        rng=split_generator(seed),
        limit=config.data.limit_per_split,
        stratified=config.data.stratified,
    )


def drawn_labels(config: Config, data: Dataset) -> Iterator[tuple[int, Splits]]:
    """Each repeat with its splits, whose images are empty: labels and groups are drawn like them, moving none."""
    data = replace(
        data,
        train=_without_images(data.train),
        validation=data.validation and _without_images(data.validation),
        test=data.test and _without_images(data.test),
    )
    for repeat in range(config.repeats):
        yield repeat, drawn_splits(config, data, repeat_seed(config.seed, repeat))


def _without_images(split: Split) -> Split:
    return replace(split, images=np.empty((len(split), 0), np.uint8))


def training_inputs(config: Config, splits: Splits, info: DatasetInfo) -> TrainingInputs:
    """Apply the config's fixed steps to the images, and compute what training needs to know of them."""
    seen = preprocessed(config.preprocess, splits, info, config.data.memory_budget)
    assert splits.train.labels is not None  # checked when the data were read
    return TrainingInputs(
        seen,
        channel_statistics(seen.train.images) if config.data.standardize else None,
        class_weights(config.training.class_weights, splits.train.labels, info.class_names),
    )


def preprocessed(steps: tuple[Item, ...], splits: Splits, info: DatasetInfo, memory_budget: float) -> Splits:
    """The splits with `steps` applied to the images to train and validate on: float32, values 0 to 255.

    They are computed at once where they fit into `memory_budget`, megabytes; else whenever they are read.
    """
    if not steps:
        return splits
    parts = {name: part for name, part in splits.present().items() if name != "test"}
    images: dict[str, Any] = {
        name: PreprocessedImages(steps, part.images, info) for name, part in parts.items()
    }
    fits = sum(each.nbytes for each in images.values()) <= memory_budget * 1e6
    changed = {
        name: replace(part, images=images[name][:] if fits else images[name]) for name, part in parts.items()
    }
    return replace(splits, **changed)


class PreprocessedImages:
    """Like a float32 array of shape (n, height, width, channels) that is computed when it is indexed."""

    dtype = np.dtype(np.float32)

    def __init__(self, steps: tuple[Item, ...], images: Any, info: DatasetInfo) -> None:
        """Apply `steps` to `images`, an array or `StoredImages`: uint8 (n, height, width, channels)."""
        self._run = active().forward(preprocessing_model(steps, info))
        self._images = images
        self.shape = tuple(images.shape)
        self.nbytes = 4 * int(np.prod(self.shape, dtype=np.int64))

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, key: slice | np.ndarray) -> np.ndarray:
        pixels = np.asarray(self._images[key])
        if len(pixels) == 0:
            return pixels.astype(np.float32)
        starts = range(0, len(pixels), AT_A_TIME)
        return np.concatenate([self._run(pixels[start : start + AT_A_TIME]) for start in starts])
