"""What lies in a folder of images, and the one order in which images and classes are taken."""

import re
from pathlib import Path, PurePath

from cnnlab.datasets.pictures.picture import SUFFIXES
from cnnlab.errors import DataError

LEFT_BEHIND = ("__macosx", "__pycache__", "thumbs.db", "desktop.ini", "@eadir")
"""What archives, Python, Windows and Synology leave in folders, in lower case; and names that begin with a dot."""

NaturalKey = tuple[tuple[str, str], ...]
_numbers = re.compile(r"0*([0-9]+)").split


def natural_order(name: str) -> NaturalKey:
    """The key by which all names are sorted, of image files as of class folders: numbers in them count by value.

    2.png comes before 10.png, and b/1.png before b10/1.png; of 02.png and 2.png, equal so far, the text decides.
    """
    parts = PurePath(name).parts if "/" in name or "\\" in name else (name,)
    return tuple((_natural_part(part), part) for part in parts)


def _natural_part(text: str) -> str:
    """The text with a null character and its length before each number: no name has the one, and the other is its size.

    Numbers so come before all other characters, shorter ones first, as names may have numbers of thousands of digits.
    """
    pieces = _numbers(text)
    pieces[1::2] = [f"\0{chr(len(digits))}{digits}" for digits in pieces[1::2]]
    return "".join(pieces)


def visible(folder: Path) -> list[Path]:
    """What lies in a folder, in natural order, without hidden things and what programs leave behind.

    Raises DataError where the folder cannot be read.
    """
    try:
        found = [path for path in folder.iterdir() if not is_left_behind(path.name)]
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


def is_left_behind(name: str) -> bool:
    """Whether something of this name is hidden, or left in folders by programs."""
    return name.startswith(".") or name.lower() in LEFT_BEHIND
