"""The audit of a data set before training: what must be known of its images, in one pass over them."""

import numpy as np

from cnnlab.datasets.audit.brightness import class_brightness, unlike_brightness
from cnnlab.datasets.audit.duplicates import (
    count_pairs,
    count_unlike,
    equal_pairs,
    first_equal,
    unlike_labels,
)
from cnnlab.datasets.audit.findings import Audit, AuditFinding, ImageOf, ImagePair
from cnnlab.datasets.audit.look import Looks, look_at
from cnnlab.datasets.audit.near import NearPairs, near_pairs
from cnnlab.datasets.audit.plain import plain_images
from cnnlab.datasets.audit.symmetries import WORDS, symmetries_of
from cnnlab.datasets.base import Dataset

MOST_PAIRS = 12  # of each kind that are kept: a page of pictures

MOST_CLASSES = 100  # whose brightness is kept


def audit_dataset(data: Dataset) -> Audit:
    """Look for duplicates, near duplicates, unlike labels, images with nothing on them, classes of unlike brightness.

    Every image is read once, and the data set's content hash is computed on the way. Of more than
    `look.MOST_COMPARED` images, so many are looked at for near duplicates: those outside of train first.
    """
    looks = look_at(data)
    first = first_equal(looks)
    equal = equal_pairs(looks, first)
    alike = _near(looks, first, data.info.image_shape)
    classes = class_brightness(looks, data.info.class_names)
    findings: list[AuditFinding] = [
        *count_pairs(looks, "equal", equal),
        *count_pairs(looks, "alike", alike.pairs),
        *count_unlike(looks, equal, alike.pairs),
        *plain_images(looks),
        *unlike_brightness(looks, classes),
    ]
    exact = NearPairs(equal, np.zeros(len(equal), np.int64), np.ones(len(equal)))
    pairs = [*_first_pairs(data, looks, exact, equal=True), *_first_pairs(data, looks, alike, equal=False)]
    findings.sort(key=lambda finding: not finding.grave)
    pairs.sort(key=_order)
    return Audit(len(looks), len(looks.compared), tuple(findings), tuple(pairs), classes[:MOST_CLASSES])


def _order(pair: ImagePair) -> tuple[bool, bool]:
    """Pairs of unlike labels come first, then those in two splits."""
    return not pair.unlike_labels, pair.first.part == pair.second.part


def _near(looks: Looks, first: np.ndarray, shape: tuple[int, int, int]) -> NearPairs:
    """Near duplicates among images that are not equal: of equal ones the first takes part."""
    distinct = np.flatnonzero(first[looks.compared] == looks.compared)
    found = near_pairs(looks.thumbnails[distinct], looks.colours[distinct], len(symmetries_of(*shape[:2])))
    return NearPairs(looks.compared[distinct][found.pairs], found.symmetry, found.likeness)


def _first_pairs(data: Dataset, looks: Looks, found: NearPairs, *, equal: bool) -> list[ImagePair]:
    """The first pairs, in the same order."""
    within = np.equal(*looks.part_of(found.pairs).T)
    order = np.lexsort((found.pairs[:, 1], within, ~unlike_labels(looks, found.pairs)))[:MOST_PAIRS]
    return [
        ImagePair(
            _image(data, looks, int(found.pairs[k, 0])),
            _image(data, looks, int(found.pairs[k, 1])),
            equal,
            WORDS[found.symmetry[k]],
            round(float(found.likeness[k]), 4),
        )
        for k in order
    ]


def _image(data: Dataset, looks: Looks, image: int) -> ImageOf:
    at = int(looks.part_of(np.array([image]))[0])
    part, index, label = looks.parts[at], image - int(looks.starts[at]), int(looks.labels[image])
    names = data.splits()[part].names
    return ImageOf(
        part,
        index,
        None if names is None else str(names[index]),
        None if label < 0 else data.info.class_names[label],
    )
