"""What people call the arrays and the files of a data set: one table, by which every such name is read.

A name is a word for what it holds, a word for its part, or both, in either order, in any letters and with anything
between: `x_train`, `trainX`, `train_images`, `Images-Train`, `labels`, `test`.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cnnlab.errors import DataError, shown

KINDS: Mapping[str, tuple[str, ...]] = {
    "images": ("x", "images", "image", "imgs", "img", "pictures", "patches", "data", "inputs"),
    "labels": ("y", "labels", "label", "lbl", "targets", "target"),
    "groups": (
        *(
            "group",
            "groups",
            "patient",
            "patients",
            "slide",
            "slides",
            "subject",
            "subjects",
            "case",
            "cases",
        ),
        *(
            "patientid",
            "patientids",
            "slideid",
            "slideids",
            "subjectid",
            "subjectids",
            "caseid",
            "groupid",
            "wsi",
        ),
    ),
    "class names": ("classnames", "labelnames", "targetnames"),
}
PARTS: Mapping[str, tuple[str, ...]] = {
    "train": ("train", "training", "trainset", "trainingset", "tr"),
    "validation": ("validation", "valid", "val", "validationset", "validset", "valset", "dev", "devset"),
    "test": ("test", "testing", "testset", "testingset", "te"),
}


class Spelling(NamedTuple):
    """What a name says; kind: see KINDS; part: train, validation or test; None: it does not say."""

    kind: str | None
    part: str | None


def _table() -> dict[str, Spelling]:
    kinds = {word: kind for kind, words in KINDS.items() for word in words}
    parts = {word: part for part, words in PARTS.items() for word in words}
    both = {
        joined: Spelling(kind, part)
        for word, kind in kinds.items()
        for other, part in parts.items()
        for joined in (word + other, other + word)
    }
    alone = {word: Spelling(kind, None) for word, kind in kinds.items()}
    return {**both, **alone, **{word: Spelling(None, part) for word, part in parts.items()}}


_TABLE = _table()


def spelling(name: str) -> Spelling | None:
    """What a name of an array, or of a file without its ending, says; None where it says nothing."""
    return _TABLE.get(re.sub(r"[^a-z0-9]", "", name[:100].lower()))


def by_meaning(where: str, names: Iterable[str]) -> dict[Spelling, str]:
    """The names of arrays that say what they hold, by what they say.

    Raises DataError, beginning with `where`, where two of them say the same.
    """
    found: dict[Spelling, str] = {}
    for name in names:
        says = spelling(name)
        if says is None or says.kind is None:
            continue
        if says in found:
            raise DataError(
                f"{where} has both {shown(found[says])} and {shown(name)}, expected one array of {says.kind}"
                f"{'' if says.part is None else f' of the {says.part} part'}: take the other out, or rename it."
            )
        found[says] = name
    return found


def array_of(where: str, names: Iterable[str], kind: str, part: str | None) -> str | None:
    """The name of the array of a kind in a file that holds one part: it may say which part, or not.

    Raises DataError, beginning with `where`, where there are two.
    """
    found = by_meaning(where, names)
    both = [
        found[says] for says in dict.fromkeys((Spelling(kind, None), Spelling(kind, part))) if says in found
    ]
    if len(both) > 1:
        raise DataError(
            f"{where} has both {shown(both[0])} and {shown(both[1])}, expected one array of {kind}: take the other "
            "out, or rename it."
        )
    return both[0] if both else None


def images_to_predict(where: str, names: Iterable[str]) -> str | None:
    """The name of the images that a person hands over: those of the test part, else of none, else the only ones."""
    found = {says.part: name for says, name in by_meaning(where, names).items() if says.kind == "images"}
    only = next(iter(found.values())) if len(found) == 1 else None
    return found.get("test") or found.get(None) or only


def usual(kind: str) -> str:
    """The usual names of arrays of a kind, for a sentence: "x, images, image"."""
    return ", ".join(KINDS[kind][:3])
