"""Which folders are the classes, where folders lie within folders: those at the top, or those within a patient's."""

import re
from collections.abc import Collection

from cnnlab.datasets.arrays.spellings import KINDS
from cnnlab.datasets.folders.part_names import words_of
from cnnlab.datasets.folders.picture_tree import Place, few
from cnnlab.errors import DataError

GROUP_WORDS = {*KINDS["groups"], "person", "donor", "animal", "mouse", "specimen", "biopsy"}
CLASS_WORDS = {"class", "label", "category", "grade", "stage", "type", "level"}
LABEL_WORDS = {
    *("normal", "healthy", "benign", "negative", "neg", "no", "false", "good", "ok", "uninfected"),
    *(
        "tumor",
        "tumour",
        "cancer",
        "malignant",
        "positive",
        "pos",
        "yes",
        "true",
        "bad",
        "defect",
        "infected",
    ),
}


def class_level(folder: str, places: Collection[Place], classes: Collection[str] = ()) -> tuple[int, bool]:
    """Return how many folders lie above those of the classes, and whether that had to be guessed.

    places: the folders that hold images, from below the parts. `classes` decides, where a person names them. Else the
    topmost are the classes, unless they look like patients or slides (numbers in their names that do not count 0, 1,
    2, ...) and a lower level looks like classes.

    Raises DataError where it cannot be decided.
    """
    levels = [{place[at] for place in places if len(place) > at} for at in range(max(map(len, places)))]
    if classes:
        return next((at for at, names in enumerate(levels) if names.issuperset(classes)), 0), False
    like_labels = [at for at in range(1, len(levels)) if _kind(levels[at]) == "labels"]
    if _kind(levels[0]) == "ids":
        shared = [
            at for at in range(1, len(levels)) if _kind(levels[at]) == "words" and _is_shared(places, at)
        ]
        return (*like_labels, *shared, 0)[0], not like_labels and bool(shared)
    crossing = [at for at in like_labels if _is_shared(places, at)]
    if crossing:
        raise DataError(
            f"{folder} holds the folders {few(sorted(levels[0]))}, and these hold {few(sorted(levels[crossing[0]]))}: "
            "either may be the classes. Name the classes with the key `classes`: [...]."
        )
    return 0, False


def are_groups(places: Collection[Place], level: int) -> bool:
    """Whether the folders above those of the classes are groups: called so, or with the same classes in two of them."""
    above = {place[:level] for place in places if len(place) > level}
    return looks_like_ids(["/".join(each) for each in above]) or _is_shared(places, level)


def looks_like_ids(names: Collection[str]) -> bool:
    """Whether names are rather those of patients, slides or batches than of classes."""
    return _kind(names) == "ids"


def _kind(names: Collection[str]) -> str:
    """labels: they count from 0 or 1, or are usual words for classes; ids: they hold numbers; else words."""
    if len(names) > 1 and (_count(names) or all(set(words_of(name)) & LABEL_WORDS for name in names)):
        return "labels"
    words = [set(words_of(name)) for name in names]
    if all(each & GROUP_WORDS for each in words):
        return "ids"
    numbered = all(re.search(r"\d", name) for name in names)
    return "ids" if numbered and not any(each & CLASS_WORDS for each in words) else "words"


def _count(names: Collection[str]) -> bool:
    """Whether the names are the numbers 0, 1, 2, ... or 1, 2, 3, ... without a gap, and without zeros in front."""
    usual = ({str(number) for number in range(first, first + len(names))} for first in (0, 1))
    return set(names) in usual


def _is_shared(places: Collection[Place], at: int) -> bool:
    """Whether there are two names at this level, and one of them lies in two folders of the top."""
    pairs = {(place[0], place[at]) for place in places if len(place) > at}
    names = {name for _, name in pairs}
    return len(names) > 1 and len(pairs) > len(names)
