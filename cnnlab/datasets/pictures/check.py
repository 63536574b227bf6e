"""Whether an image file may be read at all: bounded before a pixel is, and nothing that would have to be cut."""

import stat
from pathlib import Path
from typing import TYPE_CHECKING

from cnnlab.errors import DataError

if TYPE_CHECKING:
    from PIL import ImageFile

GRAY_MODES = ("1", "L", "LA")
RGB_MODES = ("RGB", "RGBA", "P", "PA", "CMYK", "YCbCr")
DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
DEEP_ENCODINGS = (";16", ";16B", ";16L", ";16N", ";12")  # in which Pillow reads 8 of 16 bits without a word
MOST_PIXELS = 50_000_000
MOST_BYTES = 500_000_000  # of a file: WebP is read whole before its size is known
BITS, SAMPLES, SAMPLE_FORMAT = 258, 277, 339  # tags of TIFF
UNSIGNED = 1


def require_file(path: Path) -> None:
    """Raise DataError, before anything is opened, for a pipe, which would wait for ever, and for a giant."""
    try:
        found = path.stat()
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}): replace it or take it out.") from None
    if not stat.S_ISREG(found.st_mode):
        raise DataError(f"{path} is not an ordinary file, expected an image file: take it out.")
    if found.st_size > MOST_BYTES:
        raise DataError(
            f"{path} has {found.st_size:,} bytes, expected an image of at most {MOST_BYTES:,}: make it smaller, or "
            "take it out."
        )


def require_readable(path: Path, picture: "ImageFile.ImageFile") -> None:
    """Raise DataError, before any pixel is read, where the picture would be cut or is no single one."""
    if picture.width * picture.height > MOST_PIXELS:
        raise DataError(
            f"{path} claims {picture.width:,} x {picture.height:,} pixels, expected at most {MOST_PIXELS:,} in all: "
            "cut it, or make it smaller."
        )
    deep = _deep(picture)
    if deep is not None:
        raise DataError(
            f"{path} has pixels of the mode '{deep}', expected 8 bits a channel: convert it to an 8-bit image, "
            "choosing yourself how its values are to be scaled."
        )
    more = " and more channels" if _has_more_channels(picture) else ""
    if picture.mode not in GRAY_MODES + RGB_MODES or more:
        raise DataError(
            f"{path} has pixels of the mode '{picture.mode}'{more}, expected gray or RGB with 8 bits a channel: "
            "convert it to RGB."
        )
    if _has_several(picture):
        raise DataError(
            f"{path} holds several pictures (pages, or frames of an animation), expected one: save each as a file of "
            "its own."
        )


def _deep(picture: "ImageFile.ImageFile") -> str | None:
    """What kind of number the pixels are, where it is not an unsigned byte or less; None where it is."""
    if picture.mode in DEEP_MODES:
        return picture.mode
    tags = getattr(picture, "tag_v2", {})  # of TIFF
    bits, kinds = (_numbers(tags.get(tag)) for tag in (BITS, SAMPLE_FORMAT))
    if any(bit > 8 for bit in bits) or any(kind != UNSIGNED for kind in kinds):
        return f"{picture.mode}, {max(bits, default=8)} bits{'' if set(kinds) <= {UNSIGNED} else ', not unsigned'}"
    encodings = [
        tile.args if isinstance(tile.args, str) else str((*(tile.args or ()), "")[0]) for tile in picture.tile
    ]
    return next((one for one in encodings if one.endswith(DEEP_ENCODINGS)), None)


def _numbers(value: object) -> tuple[int, ...]:
    """The value of a tag of TIFF: one number, or one for each channel."""
    values = value if isinstance(value, tuple) else (value,)
    return tuple(each for each in values if isinstance(each, int))


def _has_more_channels(picture: "ImageFile.ImageFile") -> bool:
    """Whether a TIFF has channels that Pillow would leave out without a word."""
    samples = _numbers(getattr(picture, "tag_v2", {}).get(SAMPLES))
    return any(each > len(picture.getbands()) for each in samples)


def _has_several(picture: "ImageFile.ImageFile") -> bool:
    """Whether there is a second picture behind the first; a photo's previews (MPO) do not count."""
    if picture.format == "TIFF":
        try:
            picture.seek(1)
        except EOFError:
            return False
        return True
    return picture.format != "MPO" and bool(getattr(picture, "is_animated", False))
