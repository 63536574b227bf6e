"""Reading one image file into bytes: read rightly, or refused in a sentence; nothing is cut without a word.

Of every file come 8 bits for each channel, gray or red, green and blue:

- 1, 2, 4 and 8 bits of gray, and RGB of 8 bits, are what the file holds, spread over 0 to 255; a palette is looked up,
  and is colour, whatever its colours. CMYK and YCbCr become RGB by Pillow's formulas, without colour profiles.
- Pixels that are transparent, wholly or partly, are laid over white, as on paper, so that what a file hides is not
  seen. Opaque ones are as they are.
- More than 8 bits, numbers with a point, Lab and HSV, and files of several pictures are refused.
- A photo is turned as its EXIF orientation says.
"""

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from cnnlab.errors import DataError, counted

if TYPE_CHECKING:
    from PIL import Image, ImageFile

SUFFIXES = (".png", ".jpg", ".jpeg")
GRAY_MODES = ("1", "L", "LA")
RGB_MODES = ("RGB", "RGBA", "P", "PA", "CMYK", "YCbCr")
DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
DEEP_ENCODINGS = (";16", ";16B", ";16L", ";16N", ";12")  # in which Pillow reads 8 of 16 bits without a word
MOST_PIXELS = 50_000_000
WHITE = (255, 255, 255, 255)

Color = Literal["gray", "rgb"]


@dataclass(frozen=True)
class Picture:
    """pixels: uint8, (height, width, 1) for gray or (height, width, 3) for rgb. whitened: some were transparent."""

    pixels: np.ndarray
    whitened: bool


def whitened_note(count: int) -> tuple[str, ...]:
    """A sentence on so many pictures that were laid over white; none on 0."""
    return (
        (f"{counted(count, 'image')} with transparent pixels, which were laid over white.",) if count else ()
    )


def read_picture(path: Path, size: tuple[int, int] | None, color: Color | None) -> Picture:
    """Return the picture in the file at `path`.

    size: height and width to resize to (bilinear with antialiasing, proportions not kept); None: as it is.
    color: None takes gray for a gray file and rgb for any other; gray of colours is their luma (ITU-R 601).

    Raises DataError for a file that is not a complete PNG or JPEG file, or that would have to be cut: see above.
    """
    with quiet():
        return decoded(path, size, color)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """No warnings of too many pixels, which are refused in a sentence; for the whole process, not for a thread."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        yield


def decoded(path: Path, size: tuple[int, int] | None, color: Color | None) -> Picture:
    """Do what `read_picture` does, in any thread; `quiet` is the caller's affair."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path, formats=("PNG", "JPEG")) as opened:
            _require_readable(path, opened)
            turned = ImageOps.exif_transpose(opened)
            gray = color == "gray" or (color is None and turned.mode in GRAY_MODES)
            picture, whitened = _over_white(turned)
            picture = picture.convert("L" if gray else "RGB")
            if size is not None:
                picture = picture.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DataError(
            f"{path} cannot be read as a PNG or JPEG image ({_reason(error)}): replace it or take it out."
        ) from None
    pixels = np.asarray(picture, dtype=np.uint8)
    return Picture(pixels[..., np.newaxis] if pixels.ndim == 2 else pixels, whitened)  # (h, w) -> (h, w, 1)


def _over_white(picture: "Image.Image") -> tuple["Image.Image", bool]:
    """The picture without transparency, and whether there was any."""
    from PIL import Image

    if not picture.has_transparency_data:
        return picture, False
    colours = picture.convert("RGBA")
    if colours.getchannel("A").getextrema() == (255, 255):
        return colours.convert("RGB"), False
    return Image.alpha_composite(Image.new("RGBA", colours.size, WHITE), colours).convert("RGB"), True


def _require_readable(path: Path, picture: "ImageFile.ImageFile") -> None:
    """Raise DataError, before any pixel is read, where the picture would be cut or is no single one."""
    encodings = [
        tile.args if isinstance(tile.args, str) else str((*(tile.args or ()), "")[0]) for tile in picture.tile
    ]
    deep = [one for one in encodings if one.endswith(DEEP_ENCODINGS)]
    if picture.mode in DEEP_MODES or deep:
        mode = picture.mode if picture.mode in DEEP_MODES else deep[0]
        raise DataError(
            f"{path} has pixels of the mode '{mode}', expected 8 bits a channel: convert it to an 8-bit image, "
            "choosing yourself how its values are to be scaled."
        )
    if picture.mode not in GRAY_MODES + RGB_MODES:
        raise DataError(
            f"{path} has pixels of the mode '{picture.mode}', expected gray or RGB with 8 bits a channel: convert it "
            "to RGB."
        )
    if picture.format == "PNG" and getattr(picture, "is_animated", False):
        raise DataError(
            f"{path} is an animation of {picture.n_frames} pictures, expected one: save each as a file of its own."  # type: ignore[attr-defined]
        )
    if picture.width * picture.height > MOST_PIXELS:
        raise DataError(
            f"{path} claims {picture.width:,} x {picture.height:,} pixels, expected at most {MOST_PIXELS:,} in all: "
            "cut it, or make it smaller."
        )


def _reason(error: Exception) -> str:
    """Say what is wrong, without the path that Pillow puts into some of its messages."""
    text = str(error).partition(" '")[0].partition(": '")[0]
    return getattr(error, "strerror", None) or text or type(error).__name__
