"""The eight symmetries of the square: on images, and on what is computed of them."""

import numpy as np

WORDS = (
    "as it is",
    "mirrored top to bottom",
    "mirrored left to right",
    "turned by 180°",
    "mirrored and turned by 90°",
    "turned by 90°",
    "turned by 90°",
    "mirrored and turned by 90°",
)
"""What each does, by its number. The second half exchanges height and width, and so is for square images alone."""


def symmetries_of(height: int, width: int) -> range:
    """The numbers of those that keep the shape of an image."""
    return range(8 if height == width else 4)


def transformed(images: np.ndarray, symmetry: int) -> np.ndarray:
    """A view of images (n, height, width, ...) under the symmetry of that number."""
    if symmetry >= 4:
        images = images.swapaxes(1, 2)
    rows = slice(None, None, -1 if symmetry & 1 else 1)
    columns = slice(None, None, -1 if symmetry & 2 else 1)
    return images[:, rows, columns]
