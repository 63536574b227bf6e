"""Groups of images that belong together, such as those of a patient or a slide: kept whole, or shared by mistake."""

from collections.abc import Iterable, Mapping

import numpy as np

from cnnlab.datasets.base import Split
from cnnlab.errors import ConfigError, counted, first_few, shown

MOST_NAMED = 3
ROUNDING = 1e-9
AT_A_TIME = 1000


def group_codes(groups: np.ndarray) -> np.ndarray:
    """Number groups from 0 in the order in which they first appear, whatever they are called: int64, shape (n,).

    groups: text, shape (n,).
    """
    numbers: dict[str, int] = {}
    codes = (numbers.setdefault(group, len(numbers)) for group in groups.tolist())
    return np.fromiter(codes, np.int64, len(groups))


def shared_codes(groups: np.ndarray | None) -> np.ndarray | None:
    """The numbers of `group_codes`; None without groups, and where each image is one by itself."""
    codes = None if groups is None else group_codes(groups)
    return None if codes is None or codes.max() + 1 == len(codes) else codes


def class_counts(codes: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How many images of each class each group has: int64, shape (groups, classes).

    codes: groups from 0, int64, shape (n,). labels: class indices, int64, shape (n,).
    """
    groups, classes = (int(numbers.max()) + 1 for numbers in (codes, labels))
    return np.bincount(codes * classes + labels, minlength=groups * classes).reshape(groups, classes)


def held_out_groups(
    counts: np.ndarray, fraction: float, orders: Iterable[np.ndarray], key: str
) -> np.ndarray:
    """Choose whole groups that hold about `fraction` of each class: bool, shape (groups,).

    For each of the `orders` of the groups, one after the other is held out if that brings the classes nearer to
    their wanted numbers, by the sum over the classes of (images - wanted)^2 / all images of the class, and if images
    of each of its classes are left. So at the end no group that is left would bring them nearer; of one class, the
    number is off by at most half a group. The best of the orders counts, the first of equals.

    counts: images of each group and class, int64, shape (groups, classes); one column where classes do not matter.
    Raises ConfigError, naming the config's `key`, where every group is too large.
    """
    counts = counts[:, counts.any(axis=0)]
    total = counts.sum(axis=0)
    best, nearest = np.zeros(len(counts), bool), float("inf")
    for order in orders:
        chosen, gap = _one_after_the_other(order, counts, fraction * total)
        distance = float((gap * gap / total).sum())
        if chosen.any() and distance < nearest - ROUNDING:
            best, nearest = chosen, distance
        if (np.abs(gap) < 1).all():
            break  # by less than an image: no order is nearer
    if not best.any():
        raise ConfigError(_too_large(counts, fraction, key))
    return best


def _one_after_the_other(
    order: np.ndarray, counts: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Hold out each group in turn that brings the classes nearer to `wanted`; return which, and what is missing."""
    left = counts.sum(axis=0)
    weighted = counts / left
    own = (counts * weighted).sum(axis=1) * (1 - ROUNDING)  # what a group adds to the distance by itself
    chosen, gap = np.zeros(len(counts), bool), wanted
    for start in range(0, len(order), AT_A_TIME):
        some = order[start : start + AT_A_TIME]
        some = some[
            2 * weighted[some] @ gap >= own[some]
        ]  # the others are refused later, too: gaps grow smaller
        for group in some.tolist():
            if 2 * float(weighted[group] @ gap) >= own[group] and (left > counts[group]).all():
                chosen[group] = True
                gap, left = gap - counts[group], left - counts[group]
    return chosen, gap


def _too_large(counts: np.ndarray, fraction: float, key: str) -> str:
    """Say why no group can be held out, and from which fraction on one could."""
    total = counts.sum(axis=0)
    if len(counts) == 1:
        return (
            f"{key} is {fraction}, but all {total.sum():,} images are of one group, which is never divided: bring "
            "images of another group, or take 0."
        )
    free = (counts < total).all(axis=1)
    least = (counts * (counts / total)).sum(axis=1) / (2 * counts.sum(axis=1))
    where = f"{key} is {fraction}, expected"
    if not free.any():
        return f"{where} 0: each of the {len(counts)} groups, which are never divided, has all images of a class."
    return (
        f"{where} at least {np.ceil(1e4 * least[free].min()) / 1e4:g}, or 0: each of the {len(counts)} groups of "
        f"images, which are never divided, is too large for it (the smallest has {counts.sum(axis=1).min():,} of "
        f"{total.sum():,})."
    )


def shared_group_notes(splits: Mapping[str, Split]) -> list[str]:
    """A sentence for each two parts that have groups in common: how many, of how many images, and the first names."""
    known = {part: split.groups for part, split in splits.items() if split.groups is not None}
    parts = list(known)
    pairs = [(a, b) for i, a in enumerate(parts) for b in parts[i + 1 :]]
    return [note for a, b in pairs for note in _shared(a, known[a], b, known[b])]


def _shared(part: str, groups: np.ndarray, other: str, others: np.ndarray) -> list[str]:
    shared = set(groups.tolist()) & set(others.tolist())
    if not shared:
        return []
    named = [shown(group) for group in dict.fromkeys(groups.tolist()) if group in shared]
    images = [sum(group in shared for group in each.tolist()) for each in (groups, others)]
    return [
        f"The {part} and {other} parts share {counted(len(shared), 'group')} ({first_few(named, MOST_NAMED)}), of "
        f"which {counted(images[0], f'{part} image')} and {counted(images[1], f'{other} image')} are: figures on "
        f"such images flatter, divide the parts by groups."
    ]
