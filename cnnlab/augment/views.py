"""Test-time averaging: the views of an image whose probabilities are averaged.

A view set is asked for by name, `evaluation: {tta: flips}` in a config or ``--tta flips``. Each view goes through the
network, and the image's probabilities are the arithmetic mean of theirs: no view weighs more than another, and
the sum stays one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.registry import Registry

Forward = Callable[[np.ndarray], np.ndarray]
"""From images (batch, height, width, channels) to class probabilities (batch, classes)."""

View = Callable[[np.ndarray], np.ndarray]
"""From images (batch, height, width, channels) to as many of the same shape and dtype."""

HEIGHT, WIDTH = 1, 2  # axes


@dataclass(frozen=True)
class Views:
    """The views of one set; the identity is among them."""

    views: tuple[View, ...]

    def __len__(self) -> int:
        return len(self.views)

    def forward(self, model: Any, compiled: Callable[[Any], Forward]) -> Forward:
        """The forward pass through `model` that each view takes; `compiled` makes one of a `keras.Model`."""
        return compiled(model)


view_set = Registry("view set")
"""Decorator and registry. An entry is called with its parameters and returns `Views`.

Trait, optional: `square`, True where images must be as high as wide.
"""


def identity(images: np.ndarray) -> np.ndarray:
    """The images as they are."""
    return images


def mirrored(images: np.ndarray) -> np.ndarray:
    """Left and right exchanged: Keras' horizontal flip."""
    return np.flip(images, WIDTH)


def upside_down(images: np.ndarray) -> np.ndarray:
    """Top and bottom exchanged: Keras' vertical flip."""
    return np.flip(images, HEIGHT)


def turned(images: np.ndarray, quarters: int) -> np.ndarray:
    """Turned by quarters of a full turn, counterclockwise. Images must be square."""
    return np.rot90(images, quarters, axes=(HEIGHT, WIDTH))


@view_set
def none() -> Views:
    """The image alone."""
    return Views((identity,))


@view_set
def flips() -> Views:
    """Three views: the image, its horizontal flip (left and right exchanged), its vertical flip (top and bottom)."""
    return Views((identity, mirrored, upside_down))


@view_set(square=True)
def d4() -> Views:
    """The eight symmetries of a square: turned by 0, 90, 180 and 270 degrees, and the mirror image of each."""
    turns = [lambda images, n=quarters: turned(images, n) for quarters in range(4)]
    mirror_images = [lambda images, n=quarters: mirrored(turned(images, n)) for quarters in range(4)]
    return Views((*turns, *mirror_images))


def mean(parts: Sequence[np.ndarray]) -> np.ndarray:
    """The arithmetic mean of arrays of probabilities, summed in float64: float32, of their shape."""
    if len(parts) == 1:
        return parts[0]
    return np.asarray(np.mean(np.stack(parts), axis=0, dtype=np.float64), np.float32)


def views_misfit(name: str, image_shape: tuple[int, ...]) -> str | None:
    """Say why the view set `name` does not suit images of (height, width, channels); None where it does."""
    height, width = image_shape[:2]
    if view_set.get(name).traits.get("square") and height != width:
        return f"{name} turns images by 90 degrees, so they must be square; these are {height}x{width}: take flips"
    return None
