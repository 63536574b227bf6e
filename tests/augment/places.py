"""Augmentations by name, and the places that their result was read from."""

from typing import Any

import numpy as np
import pytest

from cnnlab.augment import augmentation

pytestmark = pytest.mark.keras


SIZE = 28


def made(name: str, **parameters: Any) -> Any:
    entry = augmentation.get(name)
    return entry(parameters=entry.parameters.model_validate(parameters), data_range=(-1.0, 1.0))


def places_read(warp: Any, count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Row and column, from the image's centre, that each pixel of the result was read from: (count, 28, 28).

    An image whose values are its own coordinates tells; at its edges they are held.
    """
    ramp = np.arange(SIZE, dtype=np.float32) - (SIZE - 1) / 2
    image = np.stack(np.meshgrid(ramp, ramp, indexing="ij"), axis=-1)
    read = np.asarray(warp(np.tile(image[None], (count, 1, 1, 1)), training=True))
    return read[..., 0], read[..., 1]


def matrices(warp: Any) -> tuple[np.ndarray, np.ndarray]:
    """The affine map of each image, from three pixels in the middle: matrix (count, 2, 2) and shift (count, 2)."""
    places = np.stack(places_read(warp), axis=-1)  # (count, 28, 28, row and column)
    down = places[:, 16, 12] - places[:, 12, 12]
    across = places[:, 12, 16] - places[:, 12, 12]
    matrix = np.stack([down, across], axis=-1) / 4
    centre = np.array([12.0, 12.0]) - (SIZE - 1) / 2
    return matrix, places[:, 12, 12] - matrix @ centre
