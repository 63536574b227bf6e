"""Counting pairs of images: within a split, in two splits, and of unlike labels."""

from collections.abc import Iterator
from itertools import combinations_with_replacement

import numpy as np

from cnnlab.datasets.audit.findings import AuditFinding, Kind, some_are
from cnnlab.datasets.audit.look import Looks

ACROSS: dict[Kind, str] = {
    "equal": "in the {first} images, too",
    "alike": "nearly the same as a {first} image",
}
WITHIN: dict[Kind, str] = {"equal": "the same as another one", "alike": "nearly the same as another one"}
DRAWN = ", so that a drawn validation split may share images with what is trained on"


def first_equal(looks: Looks) -> np.ndarray:
    """For each image the first one that has the same pixels, which may be itself: int64 (n,)."""
    digests = looks.digests.view(np.uint64).reshape(-1, 2)
    order = np.lexsort((digests[:, 1], digests[:, 0]))  # stable: of equal ones, the first comes first
    begins = np.concatenate([[True], (digests[order[1:]] != digests[order[:-1]]).any(axis=1)])
    first = np.empty(len(looks), np.int64)
    first[order] = order[begins][np.cumsum(begins) - 1]
    return first


def equal_pairs(looks: Looks, first: np.ndarray) -> np.ndarray:
    """Pairs of equal images, int64 (k, 2): each with the first equal one in every split before it, and in its own.

    first: see `first_equal`.
    """
    found = []
    for at, start in enumerate(looks.starts[:-1].tolist()):
        images = np.arange(start, len(looks))
        values, place = np.unique(first[start : looks.starts[at + 1]], return_index=True)
        where = np.minimum(np.searchsorted(values, first[start:]), len(values) - 1)
        pairs = np.stack([start + place[where], images], axis=1)
        found.append(pairs[(values[where] == first[start:]) & (pairs[:, 0] != images)])
    return np.concatenate(found)


def count_pairs(looks: Looks, kind: Kind, pairs: np.ndarray) -> Iterator[AuditFinding]:
    """A finding for each split, and for each two, that such pairs are in; pairs: int64 (k, 2), (i, j) with i < j."""
    parts = looks.part_of(pairs)
    for a, b in combinations_with_replacement(range(len(looks.parts)), 2):
        count = len(np.unique(pairs[(parts == (a, b)).all(axis=1), 1]))
        if not count:
            continue
        first, second = looks.parts[a], looks.parts[b]
        images = int(looks.starts[b + 1] - looks.starts[b])
        phrase = WITHIN[kind] if a == b else ACROSS[kind].format(first=first)
        drawn = DRAWN if (a, b) == (0, 0) and "validation" not in looks.parts else ""
        text = f"{some_are(count, images, second)} {phrase}{drawn}."
        yield AuditFinding(kind, (second,) if a == b else (first, second), count, images, text, grave=a != b)


def unlike_labels(looks: Looks, pairs: np.ndarray) -> np.ndarray:
    """Which pairs have two labels that are known and are not the same: bool (k,)."""
    first, second = looks.labels[pairs].T
    return (first != second) & (first >= 0) & (second >= 0)


def count_unlike(looks: Looks, equal: np.ndarray, alike: np.ndarray) -> Iterator[AuditFinding]:
    """A finding where equal images, or near duplicates, have unlike labels; both: pairs, int64 (k, 2)."""
    for pairs, words in ((equal, "equal images"), (alike, "nearly equal images")):
        images = len(np.unique(pairs[unlike_labels(looks, pairs)]))
        if images:
            text = f"{images:,} {words} have unlike labels, so that no network can be right on all of them."
            yield AuditFinding("unlike labels", looks.parts, images, len(looks), text, grave=True)
