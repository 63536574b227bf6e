"""What lies in a folder of images, and the one order in which images and classes are taken."""

import re
from pathlib import Path, PurePath

from cnnlab.datasets.pictures import SUFFIXES
from cnnlab.errors import DataError

LEFT_BEHIND = ("__macosx", "__pycache__", "thumbs.db", "desktop.ini", "@eadir")
"""What archives, Python, Windows and Synology leave in folders, in lower case; and names that begin with a dot."""

NaturalKey = tuple[tuple[tuple[str | tuple[int, str], ...], str], ...]


def natural_order(name: str) -> NaturalKey:
    """The key by which all names are sorted, of image files as of class folders: numbers in them count by value.

    2.png comes before 10.png, and b/1.png before b10/1.png; of 02.png and 2.png, equal so far, the text decides.
    """
    return tuple((_natural_part(part), part) for part in PurePath(name).parts)


def _natural_part(text: str) -> tuple[str | tuple[int, str], ...]:
    """Text and numbers in turn; a number is its length and its digits, since names may have thousands of them."""
    pieces = re.split(r"0*([0-9]+)", text)
    return tuple((len(piece), piece) if at % 2 else piece for at, piece in enumerate(pieces))


def visible(folder: Path) -> list[Path]:
    """What lies in a folder, in natural order, without hidden things and what programs leave behind.

    Raises DataError where the folder cannot be read.
    """
    try:
        found = [path for path in folder.iterdir() if not _is_left_behind(path.name)]
    except OSError as error:
        raise DataError(
            f"The folder {folder} cannot be read ({error.strerror}): correct its permissions."
        ) from None
    return sorted(found, key=lambda path: natural_order(path.name))


def pictures_in(folder: Path) -> tuple[list[Path], int]:
    """The image files directly in `folder`, in natural order, and the number of other things that are visible there."""
    found = visible(folder)
    files = [path for path in found if path.is_file() and path.suffix.lower() in SUFFIXES]
    return files, len(found) - len(files)


def _is_left_behind(name: str) -> bool:
    return name.startswith(".") or name.lower() in LEFT_BEHIND
