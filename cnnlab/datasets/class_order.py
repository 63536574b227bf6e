"""Which classes there are, in which order, and so which number each label has.

Names are in natural order, numbers by value; `classes` gives another order, and `positive` makes one of two class 1.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnlab.datasets.folders.listing import natural_order
from cnnlab.errors import DataError, did_you_mean, first_few, shown
from cnnlab.positive_class import POSITIVE

MOST_NAMED = 10
NUMBER = re.compile(r"-?[0-9]{1,18}")
Label = str | int


@dataclass(frozen=True)
class ClassOrder:
    """The names of the classes in their order, and the class number of each label, as it is written.

    left_out: labels that are no class, since `classes` does not name them.
    """

    names: tuple[str, ...]
    numbers: Mapping[Label, int]
    left_out: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()

    def indices(self, labels: np.ndarray) -> np.ndarray:
        """Labels as written, shape (n,), as class numbers, int64 (n,); -1 for those that are left out."""
        values, inverse = np.unique(labels, return_inverse=True)
        numbers = np.array([self.numbers.get(value, -1) for value in values.tolist()], dtype=np.int64)
        return numbers[inverse]


def class_order(
    path: Path,
    labels: Collection[Label],
    class_names: Sequence[str] | None = None,
    classes: Sequence[Label] | None = None,
    positive: Label | None = None,
) -> ClassOrder:
    """Return the order of the classes of the source at `path`.

    labels: the different labels that there are, all text or all numbers. class_names: all classes, where the source
    names them; numbers then count them from 0, or from 1 where none is 0 and the last is there. classes, positive: what
    a person asks for.

    Raises DataError where these do not fit together, and where there are fewer than two classes.
    """
    named = _named(path, labels, class_names)
    names = list(class_names) if class_names is not None else _sorted(named)
    if classes is not None:
        names = _asked(path, names, [str(each) for each in classes])
    if len(names) < 2:
        found = f"one class, {shown(names[0])}" if names else "no class"
        raise DataError(f"{path} has {found}; expected two or more.")
    if positive is not None:
        names = _positive_last(path, names, str(positive), classes)
    numbers = {label: names.index(name) for label, name in named.items() if name in names}
    left_out = tuple(label for label in named if label not in numbers)
    return ClassOrder(tuple(names), numbers, left_out, (*_renumbered(numbers), *_alike(names)))


def _named(path: Path, labels: Collection[Label], class_names: Sequence[str] | None) -> dict[Label, str]:
    """The name of the class of each label."""
    if class_names is None:
        return {label: str(label) for label in labels}
    if len(set(class_names)) < len(class_names):
        twice = next(name for name in class_names if list(class_names).count(name) > 1)
        raise DataError(f"{path} names the class {shown(twice)} twice: expected different names.")
    numbers = [label for label in labels if isinstance(label, int)]
    first = 1 if numbers and min(numbers) >= 1 and max(numbers) == len(class_names) else 0
    written = range(first, first + len(class_names)) if numbers else class_names
    names: dict[Label, str] = dict(zip(written, class_names, strict=True))
    strange = [label for label in labels if label not in names]
    if strange:
        raise DataError(
            f"{path} has the label {shown(strange[0])}, and {len(class_names)} classes: "
            f"{_list(class_names)}; expected one of them{' (numbers count from 0)' if numbers else ''}."
        )
    return {label: names[label] for label in labels}


def _sorted(named: Collection[Label]) -> list[str]:
    numbers = sorted(label for label in named if isinstance(label, int))
    texts = sorted((label for label in named if isinstance(label, str)), key=natural_order)
    return [*map(str, numbers), *texts]


def _asked(path: Path, names: Sequence[str], classes: Sequence[str]) -> list[str]:
    for name in classes:
        if name not in names:
            raise DataError(
                f"{path} has no class {shown(name)}{did_you_mean(name, names)}, which `classes` names; "
                f"it has {_list(names)}."
            )
    if len(set(classes)) < len(classes):
        raise DataError(f"`classes` names a class twice: {_list(classes)}; expected each once.")
    return list(classes)


def _positive_last(
    path: Path, names: Sequence[str], positive: str, classes: Sequence[Label] | None
) -> list[str]:
    if positive not in names:
        raise DataError(
            f"{path} has no class {shown(positive)}{did_you_mean(positive, names)}, which `positive` names; "
            f"it has {_list(names)}."
        )
    if len(names) != 2:
        raise DataError(
            f"{path} has {len(names)} classes, {_list(names)}; only of two one can be `positive`: leave it out, or "
            "name two classes with `classes`."
        )
    ordered = sorted(names, key=lambda name: name == positive)
    if classes is not None and ordered != list(names):
        raise DataError(
            f"`classes` says that {shown(names[POSITIVE])} is class {POSITIVE}, the positive one, and `positive` that "
            f"{shown(positive)} is: turn the order of `classes` round, or leave one of the two out."
        )
    return ordered


def _renumbered(numbers: Mapping[Label, int]) -> tuple[str, ...]:
    """A note where labels are numbers, and other numbers than those of their classes."""
    written = {label: number for label, number in numbers.items() if NUMBER.fullmatch(str(label))}
    if len(written) < len(numbers) or all(int(label) == number for label, number in written.items()):
        return ()
    pairs = [
        f"{shown(label)} is class {number}" for label, number in sorted(written.items(), key=lambda p: p[1])
    ]
    return (f"The labels are not the numbers of the classes: label {first_few(pairs, 3)}.",)


def _alike(names: Sequence[str]) -> tuple[str, ...]:
    """A note where two classes differ in capitals or spaces alone."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault("".join(name.casefold().split()), name)
        if other != name:
            return (f"'{shown(other)}' and '{shown(name)}' are two classes: is one of them misspelt?",)
    return ()


def _list(names: Sequence[str]) -> str:
    return first_few([shown(name) for name in names], MOST_NAMED)
