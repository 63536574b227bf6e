"""The images as the network's scaling gets them: the config's fixed steps, done once before the training."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from cnnlab.datasets import DatasetInfo
from cnnlab.items import Item
from cnnlab.training.forward import forward_pass
from cnnlab.training.model import preprocessing_model

AT_A_TIME = 500
FITTED = ("train", "validation")


def preprocessed(
    steps: tuple[Item, ...], splits: Mapping[str, Any], info: DatasetInfo, memory_budget: float
) -> dict[str, Any]:
    """The splits that training looks at, with `steps` applied to their images: float32, values 0 to 255.

    They are computed at once where they fit into `memory_budget`, megabytes; else whenever they are read.
    """
    if not steps:
        return dict(splits)
    images = {name: PreprocessedImages(steps, splits[name].images, info) for name in FITTED if splits[name]}
    fits = sum(each.nbytes for each in images.values()) <= memory_budget * 1e6
    return dict(splits) | {
        name: replace(splits[name], images=each[:] if fits else each) for name, each in images.items()
    }


class PreprocessedImages:
    """Like a float32 array of shape (n, height, width, channels) that is computed when it is indexed."""

    dtype = np.dtype(np.float32)

    def __init__(self, steps: tuple[Item, ...], images: Any, info: DatasetInfo) -> None:
        """Apply `steps` to `images`, an array or `StoredImages`: uint8 (n, height, width, channels)."""
        self._run = forward_pass(preprocessing_model(steps, info))
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
