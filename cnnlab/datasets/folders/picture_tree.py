"""Every image file below a folder, and what else lies there: looked at once, before anything is decided."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from cnnlab.datasets.folders.listing import is_left_behind, natural_order
from cnnlab.datasets.pictures.picture import SUFFIXES
from cnnlab.errors import DataError, first_few, shown

DEEPEST = 12
MOST_NAMED = 5
Place = tuple[str, ...]
"""The folders that lead to a file, from the top."""


@dataclass(frozen=True)
class PictureTree:
    """What is visible below `root`; names are paths below it with "/", in natural order.

    pictures: image files. others: other files, and links that lead nowhere, pipes and devices. bare: folders with no
    image in them, however deep.
    """

    root: Path
    pictures: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)

    def content(self, place: Place = ()) -> str:
        """What lies directly in a folder, in words: "the folders a, b and files (.csv)"; empty for nothing."""
        inside = [
            name[len(place) :]
            for name in (PurePosixPath(each).parts for each in (*self.pictures, *self.others, *self.bare))
            if name[: len(place)] == place and len(name) > len(place)
        ]
        bare = {PurePosixPath(each).parts[len(place) :] for each in self.bare}
        folders = sorted({name[0] for name in inside if len(name) > 1 or name in bare}, key=natural_order)
        files = sorted(
            {
                PurePosixPath(name[0]).suffix or name[0]
                for name in inside
                if len(name) == 1 and name not in bare
            }
        )
        texts = [f"the folder{'s' if len(folders) > 1 else ''} {few(folders)}"] if folders else []
        texts += [f"files ({few(files)})"] if files else []
        return " and ".join(texts)


def place_of(name: str) -> Place:
    """The folders of a file, given as a path with "/"."""
    return tuple(name.split("/")[:-1])


def few(names: list[str] | tuple[str, ...]) -> str:
    """The first of some names, printable, for a sentence."""
    return first_few([shown(name) for name in names], MOST_NAMED)


def picture_tree(root: Path) -> PictureTree:
    """Look below `root`, through links to folders too, but never in circles.

    Raises DataError where a folder cannot be read, or where folders lie deeper than `DEEPEST`.
    """
    tree = PictureTree(root)
    _look(tree, root, "", {_identity(root)})
    return tree


def _look(tree: PictureTree, folder: Path, prefix: str, above: set[tuple[int, int]]) -> bool:
    """Add what lies in `folder` to the tree; return whether there is an image in it, however deep."""
    if prefix.count("/") > DEEPEST:
        raise DataError(
            f"{folder} lies more than {DEEPEST} folders below {tree.root}: name the folder of the images themselves."
        )
    found = False
    for entry in _entries(folder):
        name = prefix + entry.name
        if _is(entry.is_dir):
            inside = Path(entry.path)
            identity = _identity(inside)
            full = identity not in above and _look(tree, inside, f"{name}/", above | {identity})
            found = found or full
            if not full:
                tree.bare.append(name)
        elif entry.name.lower().endswith(SUFFIXES) and _is(entry.is_file):
            tree.pictures.append(name)
            found = True
        else:
            tree.others.append(name)
    return found


def _entries(folder: Path) -> Iterator["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            visible = [entry for entry in entries if not is_left_behind(entry.name)]
    except OSError as error:
        raise DataError(
            f"The folder {folder} cannot be read ({error.strerror}): correct its permissions."
        ) from None
    yield from sorted(visible, key=lambda entry: natural_order(entry.name))


def _is(kind: Callable[[], bool]) -> bool:
    """Whether something is of a kind; False for a link to itself."""
    try:
        return kind()
    except OSError:
        return False


def _identity(folder: Path) -> tuple[int, int]:
    found = folder.stat()
    return found.st_dev, found.st_ino
