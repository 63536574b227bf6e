"""Image files as a sequence of images, each read when it is needed."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import final

import numpy as np

from cnnlab.datasets.pictures import SUFFIXES, read_picture
from cnnlab.datasets.stored import ImageSource, central
from cnnlab.errors import DataError
from cnnlab.predict.image_check import Expected, in_words


@final
class PictureSource(ImageSource):
    """PNG and JPEG files, brought to what the network takes as the run's own image files were."""

    def __init__(self, files: Sequence[Path], expected: Expected) -> None:
        """`files` in the order of the predictions."""
        self.files, self.expected = files, expected
        self.shape = (len(files), *expected.image_shape)

    def read(self, positions: np.ndarray) -> np.ndarray:
        """Read the files at `positions`; raises DataError, naming it, for one that does not suit the network."""
        return np.stack([self._picture(self.files[int(position)]) for position in positions])

    def _picture(self, file: Path) -> np.ndarray:
        expected = self.expected
        pixels = read_picture(file, expected.resize, expected.color)
        crop = expected.crop_for(*pixels.shape[:2])
        pixels = pixels[central(pixels.shape[0], crop), central(pixels.shape[1], crop)]
        if pixels.shape != expected.image_shape:
            raise DataError(
                f"{file} is {in_words(pixels.shape)} (height, width, channels), the network takes "
                f"{in_words(expected.image_shape)}: bring it to that as the training images were."
            )
        return pixels


def pictures_in(folder: Path) -> tuple[list[Path], tuple[str, ...]]:
    """The image files directly in `folder`, numbers in their names by value (2.png before 10.png), and notes.

    Hidden files are skipped; other files are left out, and a note says so. Raises DataError where there is none.
    """
    try:
        visible = [each for each in folder.iterdir() if not each.name.startswith(".")]
    except OSError as error:
        raise DataError(f"The folder {folder} cannot be read: {error.strerror}.") from None
    files = [each for each in visible if each.is_file() and each.suffix.lower() in SUFFIXES]
    if not files:
        raise DataError(f"{folder} holds no PNG or JPEG image: name the folder that holds them directly.")
    left_out = len(visible) - len(files)
    notes = (
        (f"Left out in {folder}: {left_out} that are not {', '.join(SUFFIXES)} files.",) if left_out else ()
    )
    return sorted(files, key=_by_number), notes


def _by_number(file: Path) -> tuple[list[tuple[int, int | str]], str]:
    parts = re.split(r"([0-9]+)", file.name)
    return [(0, int(part)) if part.isdigit() and part.isascii() else (1, part) for part in parts], file.name
