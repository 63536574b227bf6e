"""Reading one image file into bytes, with an answer a person can use where that fails."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from cnnlab.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

SUFFIXES = (".png", ".jpg", ".jpeg")
GRAY_MODES = ("1", "L", "LA")
RGB_MODES = ("RGB", "RGBA", "P", "PA", "CMYK", "YCbCr")

Color = Literal["gray", "rgb"]


def read_picture(path: Path, size: tuple[int, int] | None, color: Color | None) -> np.ndarray:
    """Return the image as uint8, (height, width, 1) for gray or (height, width, 3) for rgb.

    size: height and width to resize to (bilinear with antialiasing, proportions not kept); None: as it is.
    color: None takes gray for a gray file and rgb for any other.

    A photo is turned as its EXIF orientation says, and transparency is dropped. Raises DataError for a file
    that is not a complete PNG or JPEG file, or has more than 8 bits a channel.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(path, formats=("PNG", "JPEG")) as opened:
            _check_mode(path, opened)
            picture = ImageOps.exif_transpose(opened)
            picture = picture.convert("L" if _is_gray(picture, color) else "RGB")
            if size is not None:
                picture = picture.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DataError(
            f"{path} cannot be read as a PNG or JPEG image ({_reason(error)}): replace it or take it out."
        ) from None
    pixels = np.asarray(picture, dtype=np.uint8)
    return pixels[..., np.newaxis] if pixels.ndim == 2 else pixels  # (h, w) -> (h, w, 1)


def _is_gray(picture: "Image.Image", color: Color | None) -> bool:
    return color == "gray" or (color is None and picture.mode in GRAY_MODES)


def _check_mode(path: Path, picture: "Image.Image") -> None:
    if picture.mode not in GRAY_MODES + RGB_MODES:
        raise DataError(
            f"{path} has pixels of the mode '{picture.mode}', expected 8 bits a channel: convert it to an "
            "8-bit image, choosing yourself how its values are to be scaled."
        )


def _reason(error: Exception) -> str:
    """Say what is wrong, without the path that Pillow puts into some of its messages."""
    text = str(error).partition(" '")[0].partition(": '")[0]
    return getattr(error, "strerror", None) or text or type(error).__name__
