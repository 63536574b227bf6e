"""Whether images are what a network was trained on: size, channels, bytes from 0 to 255."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.errors import DataError
from cnnlab.reading import mapping

SAMPLE = 64  # images looked at to say what is wrong with their values
WANTED = "expected uint8: bytes from 0 to 255, which the network scales itself"


@dataclass(frozen=True)
class Expected:
    """What a run's networks take.

    crop: the side of the central square that the run's data were cut to, which is cut from larger images too.
    resize, color: how the run's own image files were read, where they were.
    """

    image_shape: tuple[int, int, int]  # height, width, channels
    crop: int | None = None
    resize: tuple[int, int] | None = None  # height, width
    color: Any = None  # "gray", "rgb" or None

    @classmethod
    def of_run(cls, config: Mapping[str, Any], image_shape: tuple[int, int, int]) -> "Expected":
        """What the networks of the run with this config take."""
        data = mapping(config.get("data"))
        crop, size, color = (data.get(key) for key in ("crop", "image_size", "color"))
        return cls(
            image_shape,
            crop if isinstance(crop, int) else None,
            _size(size),
            color if color in ("gray", "rgb") else None,
        )

    def crop_for(self, height: int, width: int) -> int | None:
        """The central square that is to be cut from images of this size, as it was for training; None: no cutting."""
        larger = self.crop is not None and height == width and height > self.crop
        return self.crop if larger and (height, width) != self.image_shape[:2] else None

    def refusal(self, file: Path, shape: tuple[int, ...]) -> str:
        """Say that an image file is of another shape."""
        return (
            f"{file} is {in_words(shape)} (height, width, channels), the network takes {in_words(self.image_shape)}: "
            "bring it to that as the training images were."
        )


def _size(value: Any) -> tuple[int, int] | None:
    """Height and width out of a config's copy; None for anything else."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    height, width = value
    whole = isinstance(height, int) and isinstance(width, int) and min(height, width) > 0
    return (height, width) if whole else None


def check_images(where: str, images: Any, expected: Expected) -> int | None:
    """Return the side of the central square to cut out, or None where the images are right as they are.

    images: anything with a shape and a dtype that can be sliced: an array, an open `h5py.Dataset`. Raises DataError,
    beginning with `where`, unless they are uint8, of the shape that the network takes or larger by a crop.
    """
    shape = tuple(images.shape)
    height, width, channels = expected.image_shape
    wanted = f"(n, {height}, {width}, {channels})"
    flat = len(shape) == 3 and channels == 1
    if not (len(shape) == 4 or flat) or 0 in shape:
        raise DataError(f"{where} has shape {shape}, expected {wanted}, n at least 1.")
    found = (*shape, 1)[1:4]
    if found == (channels, height, width) != (height, width, channels):
        raise DataError(
            f"{where} has shape {shape}, channels first, expected {wanted}: use numpy.moveaxis(x, 1, -1)."
        )
    if images.dtype != np.uint8:
        raise DataError(f"{where} {_wrong_values(images)}")
    crop = expected.crop_for(found[0], found[1])
    if (crop or found[0], crop or found[1], found[2]) != expected.image_shape:
        raise DataError(
            f"{where} holds images of {in_words(found)}, the network takes {in_words(expected.image_shape)}: bring "
            "them to its size as the training images were."
        )
    return crop


def in_words(shape: tuple[int, ...]) -> str:
    """The shape of an image as people write it: "28x28x1"."""
    return "x".join(map(str, shape))


def _wrong_values(images: Any) -> str:
    """Say which dtype and values there are, and how to make bytes of them."""
    kind = f"is {images.dtype}"
    if images.dtype.kind not in "iuf":
        return f"{kind}, {WANTED}."
    sample = np.asarray(images[:SAMPLE]).astype(np.float64)
    low, high = sample.min(), sample.max()
    kind = f"{kind} with values from {low:.4g} to {high:.4g} (in its first {len(sample)} images), {WANTED}"
    if not np.isfinite([low, high]).all():
        return f"{kind}: some are not finite."
    if low >= 0 and high <= 1:
        return f"{kind}. These look divided by 255: store (x * 255).round().astype('uint8')."
    if low >= -1 and high <= 1:
        return f"{kind}. These look scaled to [-1, 1]: store ((x + 1) * 127.5).round().astype('uint8')."
    if low >= 0 and high <= 255:
        return f"{kind}. If all are such numbers, store x.round().astype('uint8')."
    return f"{kind}: store the original bytes."
