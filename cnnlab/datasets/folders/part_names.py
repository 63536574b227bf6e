"""Which names of folders and files stand for a part of the data: train, validation or test."""

import functools
import re

from cnnlab.datasets.arrays.spellings import PARTS, spelling

WORDS = {word: part for part, words in PARTS.items() for word in words} | {
    "eval": "test",
    "evaluation": "test",
    "holdout": "test",
}


@functools.lru_cache(10_000)
def part_of(name: str) -> str | None:
    """The part that a name stands for, in any letters and with other words around it: Train, test_images, seg_val.

    None where it names none, or two.
    """
    says = spelling(name)
    if says is not None and says.part is not None:
        return says.part
    found = {WORDS[word] for word in words_of(name) if word in WORDS}
    return found.pop() if len(found) == 1 else None


def words_of(name: str) -> list[str]:
    """The words of a name, in small letters: trainLabels_v2.csv has train, labels, v, csv."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name[:200])
    return re.findall(r"[^\W\d_]+", spaced.lower())


def folder_part(name: str) -> str | None:
    """The part that the folders of a file stand for, the topmost first; name: a path with "/"."""
    return next((part for folder in name.split("/")[:-1] if (part := part_of(folder)) is not None), None)
