"""Reading one image file into bytes: read rightly, or refused in a sentence; nothing is cut without a word.

`FORMATS` holds the kinds of files, by suffix; what a file is, its content says, whichever of these suffixes it has.

Of every file come 8 bits for each channel, gray or red, green and blue:

- 1, 2, 4 and 8 bits of gray, and RGB of 8 bits, are what the file holds, spread over 0 to 255; a palette is looked up,
  and is colour, whatever its colours. CMYK and YCbCr become RGB by Pillow's formulas, without colour profiles.
- Pixels that are transparent, wholly or partly, are laid over white, as on paper, so that what a file hides is not
  seen. Opaque ones are as they are.
- More than 8 bits, signed numbers, numbers with a point, Lab and HSV, channels beyond these, and files of several
  pictures (pages, frames) are refused.
- A photo is turned as its EXIF orientation says.
"""

import contextlib
import io
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from cnnlab.datasets.damage import wrong_kind
from cnnlab.datasets.pictures.check import GRAY_MODES, require_file, require_readable
from cnnlab.errors import DataError, counted

if TYPE_CHECKING:
    from PIL import Image

FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".bmp": "BMP",
    ".webp": "WebP",
}
"""The suffixes of image files, in small letters, and what they are called."""
SUFFIXES = tuple(FORMATS)
NAMES = tuple(dict.fromkeys(FORMATS.values()))
PILLOW_NAMES = [name.upper() for name in NAMES]
ANY_FORMAT = f"{', '.join(NAMES[:-1])} or {NAMES[-1]}"
WHITE = (255, 255, 255, 255)

DAMAGED = (
    *(OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError, AttributeError),
    *(struct.error, OverflowError, ZeroDivisionError, MemoryError),
)
"""What Pillow raises where the bytes of a file make no sense."""

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

    Raises DataError for a file that is none of `FORMATS`, or not complete, or that would have to be cut: see above.
    """
    with quiet():
        return decoded(path, size, color)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """No warnings: of too many pixels, which are refused in a sentence, or of metadata, which do not count.

    For the whole process, not for a thread.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def decoded(
    path: Path, size: tuple[int, int] | None, color: Color | None, data: bytes | None = None
) -> Picture:
    """Do what `read_picture` does, in any thread; `quiet` is the caller's affair.

    data: what the file would hold, where `path` is but the name for sentences.
    """
    from PIL import Image, ImageOps

    if data is None:
        require_file(path)
    try:
        with Image.open(path if data is None else io.BytesIO(data), formats=PILLOW_NAMES) as opened:
            require_readable(path, opened)
            turned = ImageOps.exif_transpose(opened)
            gray = color == "gray" or (color is None and turned.mode in GRAY_MODES)
            picture, whitened = _over_white(turned)
            picture = picture.convert("L" if gray else "RGB")
            if size is not None:
                picture = picture.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    except (*DAMAGED, Image.DecompressionBombError) as error:
        raise DataError(
            f"{path} cannot be read as a {ANY_FORMAT} image ({wrong_kind(path) or _reason(error)}): replace it or take "
            "it out."
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


def _reason(error: Exception) -> str:
    """Say what is wrong, without the path that Pillow puts into some of its messages."""
    from PIL import UnidentifiedImageError

    if isinstance(error, UnidentifiedImageError):
        return "it is none, or of a compression or kind that this Pillow cannot read"
    text = str(error).partition(" '")[0].partition(": '")[0]
    return getattr(error, "strerror", None) or text or type(error).__name__
