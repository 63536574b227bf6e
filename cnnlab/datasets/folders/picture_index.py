"""Finding the image that a table names: by its path, its name or its name without the ending."""

import re
from collections.abc import Iterable, Sequence

from cnnlab.datasets.pictures.picture import SUFFIXES


class PictureIndex:
    """The images below a folder, found by what a table calls them; nothing outside of them is ever looked at."""

    def __init__(self, names: Sequence[str]) -> None:
        """names: paths below the folder with "/"."""
        self.names = names
        self._by_name: dict[str, list[int]] = {}
        for position, name in enumerate(names):
            file = name.rpartition("/")[2]
            for key in (file, stem(file)):
                self._by_name.setdefault(key, []).append(position)

    def find(self, text: str, *, strict: bool = False) -> list[int]:
        """The positions of the images that `text` may mean: those of its name that share the most folders with it.

        text: 7, 7.png, train/7.png, ./train/7.png, /elsewhere/train/7.png, C:\\train\\7.png. strict: a text with
        folders means only images that share at least the last of them.
        """
        if "/" not in text and "\\" not in text and text in self._by_name:
            return self._by_name[text]
        parts = [part for part in re.split(r"[\\/]+", text) if part not in ("", ".", "..")]
        if not parts:
            return []
        name = parts[-1]
        found = self._by_name.get(name, [])
        if not found and name.lower().endswith(SUFFIXES):  # a file that has another ending by now
            found = self._by_name.get(stem(name), [])
        if not found and name.endswith(".0"):  # a number that a program has written as one with a point
            found = self._by_name.get(name.removesuffix(".0"), [])
        if len(parts) == 1 or not found:
            return found
        shared = [_shared(parts[:-1], self.names[position]) for position in found]
        most = max(shared)
        return [] if strict and most == 0 else [p for p, n in zip(found, shared, strict=True) if n == most]

    def is_image(self, text: str) -> bool:
        """Whether the text names an image."""
        return bool(self.find(text))


def stem(file: str) -> str:
    """The name of a file without its ending."""
    return file.rpartition(".")[0] or file


def several_folders(texts: Iterable[str]) -> bool:
    """Whether texts name files in different folders, so that their folders tell them apart."""
    return len({text.replace("\\", "/").rpartition("/")[0] for text in texts}) > 1


def _shared(folders: list[str], name: str) -> int:
    """How many folders, from the last, two paths have in common."""
    others = name.split("/")[:-1]
    count = 0
    while count < min(len(folders), len(others)) and folders[-1 - count] == others[-1 - count]:
        count += 1
    return count
