"""Image files as a sequence of images, each read when it is needed."""

from collections.abc import Sequence
from pathlib import Path
from typing import final

import numpy as np

from cnnlab.datasets.pictures import read_picture
from cnnlab.datasets.stored import ImageSource, central
from cnnlab.errors import DataError
from cnnlab.predict.image_check import Expected, in_words


@final
class PictureSource(ImageSource):
    """PNG and JPEG files, brought to what the network takes as the run's own image files were."""

    def __init__(self, files: Sequence[Path], expected: Expected) -> None:
        self.files, self.expected = files, expected
        self.shape = (len(files), *expected.image_shape)
        self.whitened: set[Path] = set()  # files read so far that have transparent pixels

    def read(self, positions: np.ndarray) -> np.ndarray:
        """Read the files at `positions`; raises DataError, naming it, for one that does not suit the network."""
        return np.stack([self._picture(self.files[int(position)]) for position in positions])

    def _picture(self, file: Path) -> np.ndarray:
        expected = self.expected
        picture = read_picture(file, expected.resize, expected.color)
        pixels = picture.pixels
        if picture.whitened:
            self.whitened.add(file)
        crop = expected.crop_for(*pixels.shape[:2])
        pixels = pixels[central(pixels.shape[0], crop), central(pixels.shape[1], crop)]
        if pixels.shape != expected.image_shape:
            raise DataError(
                f"{file} is {in_words(pixels.shape)} (height, width, channels), the network takes "
                f"{in_words(expected.image_shape)}: bring it to that as the training images were."
            )
        return pixels
