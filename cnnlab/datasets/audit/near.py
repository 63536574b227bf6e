"""Near duplicates: images that are almost the same, also mirrored or turned, found among hundreds of thousands.

1. *Descriptors.* Of each thumbnail, halved to 8 x 8 fields, the low Walsh coefficients, divided by its contrast. Those
   of a mirror image are the same but for signs, and those of an image turned by 90° are transposed, too: the absolute
   values, the larger and the smaller of two that change places, are the same under all eight symmetries.
2. *Candidates.* Twelve values of a descriptor, coarsely rounded, make a key, and images of one key are candidates.
   There are several keys of each image, for rounding tears some pairs apart.
3. *Decision.* `_different` compares thumbnails, 16 x 16, under the symmetry that fits best. Two near duplicates differ
   in little of their variance, and in far less than either does from images that merely are of its kind: handwritten
   ones are as near to one another as a photograph is to its JPEG.

All that decides is whole numbers, their quotients and roots, which IEEE 754 defines to the bit: the pairs found are the
same on every machine. How often it is right was measured (docs/data.md).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from cnnlab.datasets.audit.symmetries import transformed

UNIT = 4096  # that whole numbers stand for coefficients in
FREQUENCIES = 5  # of Walsh functions in each direction
KEYS, KEY_VALUES = 10, 12  # of an image; values in each
WINDOW = 8  # candidates of an image for each of its keys: those that are next in the order of another value
LEAST_CONTRAST = (
    3.0  # standard deviation of a thumbnail, of 255: the noise of images without structure is not compared
)

MOST_DIFFERENT = 0.02  # 1 - r of two near duplicates
CERTAIN = 0.0015  # 1 - r, where it does not matter what others look like
RATIO = 0.015  # 1 - r, as a part of that of an image and others of its kind
REFERENCES, RANK = 1000, 4  # images spread over all; the 4th nearest stands for others of its kind
SAME_COLOUR = 13  # of 255: by which the means of a channel may differ
SAME_CONTRAST = 1.25  # the ratio of two contrasts
TOGETHER = 20_000  # pairs, or thumbnails, that are computed with at a time


@dataclass(frozen=True)
class NearPairs:
    """pairs: int64 (k, 2), each (i, j) with i < j, ascending. symmetry: what makes j like i, int64 (k,).

    likeness: the correlation of their thumbnails then, float64 (k,).
    """

    pairs: np.ndarray
    symmetry: np.ndarray
    likeness: np.ndarray


def near_pairs(thumbnails: np.ndarray, colours: np.ndarray, symmetries: int) -> NearPairs:
    """Find near duplicates.

    thumbnails: uint8 (n, 16, 16). colours: the means of each channel, uint8 (n, channels). symmetries: 8, or 4 for
    images that are not square.
    """
    contrast = np.sqrt(_in_blocks(_centred_square, thumbnails)) / 16
    textured = np.flatnonzero(contrast >= LEAST_CONTRAST)
    if len(textured) < 2:
        none = np.empty((0, 2), np.int64)
        return NearPairs(none, none[:, 0], np.empty(0))
    coefficients = _in_blocks(_coefficients, thumbnails[textured])
    pairs, symmetry = _fitting(coefficients, _candidates(_invariant(coefficients)), symmetries)
    pairs = textured[pairs]
    first, second = pairs.T
    same = (np.abs(colours[first].astype(int) - colours[second]) <= SAME_COLOUR).all(axis=1)
    same &= (
        np.maximum(contrast[first] / contrast[second], contrast[second] / contrast[first]) <= SAME_CONTRAST
    )
    pairs, symmetry = pairs[same], symmetry[same]
    different = _different(thumbnails, pairs, symmetry)
    near = different <= MOST_DIFFERENT
    pairs, symmetry, different = pairs[near], symmetry[near], different[near]
    near = (different <= CERTAIN) | (different <= RATIO * _usually_different(thumbnails, pairs))
    return NearPairs(pairs[near], symmetry[near], 1 - different[near])


def _in_blocks(compute: Callable[[np.ndarray], np.ndarray], thumbnails: np.ndarray) -> np.ndarray:
    """What is computed of each thumbnail, some at a time, since floats take four times the memory of bytes."""
    starts = range(0, max(1, len(thumbnails)), TOGETHER)
    return np.concatenate([compute(thumbnails[start : start + TOGETHER]) for start in starts])


def _centred_square(thumbnails: np.ndarray) -> np.ndarray:
    """The sum of squares of the differences from the mean, float64 (n,), exact."""
    flat = thumbnails.reshape(len(thumbnails), -1).astype(np.float32)
    squares = np.einsum("ni,ni->n", flat, flat).astype(np.float64)  # whole numbers below 2**24
    return squares - flat.sum(axis=1).astype(np.float64) ** 2 / flat.shape[1]


def _walsh() -> np.ndarray:
    """The first Walsh functions on 8 fields, float32 (5, 8), by the number of their sign changes.

    Those of an even number are the same from both ends, the others change sign.
    """
    signs = np.ones((1, 1), np.float32)
    for _ in range(3):
        signs = np.block([[signs, signs], [signs, -signs]])
    return signs[np.argsort(np.count_nonzero(np.diff(signs), axis=1))][:FREQUENCIES]


def _coefficients(thumbnails: np.ndarray) -> np.ndarray:
    """Walsh coefficients (rows, columns) by the contrast, int16 (n, 5, 5) in 1 / `UNIT`; the mean is left out, 0."""
    fine = thumbnails.astype(np.float32)
    fields = fine[:, ::2, ::2] + fine[:, 1::2, ::2] + fine[:, ::2, 1::2] + fine[:, 1::2, 1::2]  # (n, 8, 8)
    walsh = _walsh()
    coefficients = (walsh @ fields @ walsh.T).astype(np.float64)
    coefficients[:, 0, 0] = 0
    exact = fields.astype(np.float64)
    contrast = np.sqrt(
        np.maximum(64 * np.einsum("nij,nij->n", exact, exact) - exact.sum(axis=(1, 2)) ** 2, 1)
    )
    return np.rint(UNIT * coefficients / contrast[:, None, None]).astype(np.int16)


def _invariant(coefficients: np.ndarray) -> np.ndarray:
    """int16 (n, 5, 5) -> int16 (n, 24), the same under all eight symmetries."""
    size = np.abs(coefficients)
    rows, columns = np.triu_indices(FREQUENCIES, 1)
    one, other = size[:, rows, columns], size[:, columns, rows]
    diagonal = size[:, range(1, FREQUENCIES), range(1, FREQUENCIES)]
    return np.concatenate([np.maximum(one, other), np.minimum(one, other), diagonal], axis=1)


def _candidates(descriptors: np.ndarray) -> Iterator[np.ndarray]:
    """Pairs of images that share a key, int64 (k, 2), for one kind of key after the other."""
    n, values = descriptors.shape
    ranked = np.partition(descriptors, (n // 10, n * 9 // 10), axis=0)
    spread = ranked[n * 9 // 10].astype(np.int64) - ranked[n // 10]
    width = [int(value) for value in np.maximum(spread // 2, UNIT // 20)]
    rng = np.random.default_rng(0)
    for _ in range(KEYS):
        chosen, shift = rng.permutation(values).tolist(), rng.integers(0, 1 << 16, size=(values,)).tolist()
        key = np.zeros(n, np.uint64)
        for value in chosen[:KEY_VALUES]:
            step = (descriptors[:, value] + (shift[value] * width[value] >> 16)) // width[value]
            key = key * np.uint64(0x9E3779B97F4A7C15) + step.astype(np.uint64)
            key ^= key >> np.uint64(29)
        order = np.lexsort((descriptors[:, chosen[-1]], key))
        key = key[order]
        for distance in range(1, min(WINDOW, n - 1) + 1):
            at = np.flatnonzero(key[distance:] == key[:-distance])
            yield np.stack([order[at], order[at + distance]], axis=1)


def _fitting(
    coefficients: np.ndarray, candidates: Iterator[np.ndarray], symmetries: int
) -> tuple[np.ndarray, np.ndarray]:
    """Those pairs, i < j, each once, whose coefficients are near under a symmetry, and which it is."""
    straight = coefficients.reshape(len(coefficients), -1).astype(np.float64)
    turned = coefficients.transpose(0, 2, 1).reshape(len(coefficients), -1).astype(np.float64)
    length = np.einsum("ni,ni->n", straight, straight)
    found, best = [np.empty((0, 2), np.int64)], [np.empty(0, np.int64)]
    signs = _signs()
    for pairs in candidates:
        pairs.sort(axis=1)
        first, second = pairs.T
        products = [(straight[first] * straight[second]) @ signs, (straight[first] * turned[second]) @ signs]
        fit = np.concatenate(products, axis=1)[:, :symmetries]  # (k, 8)
        symmetry = fit.argmax(axis=1)
        distance = length[first] + length[second] - 2 * fit[np.arange(len(fit)), symmetry]
        near = (
            distance <= 4 * MOST_DIFFERENT * UNIT**2
        )  # unit vectors are apart by 2 (1 - r): twice that is allowed here
        found.append(pairs[near])
        best.append(symmetry[near])
    pairs, symmetry = np.concatenate(found), np.concatenate(best)
    _, once = np.unique(pairs[:, 0] * len(coefficients) + pairs[:, 1], return_index=True)
    return pairs[once], symmetry[once]


def _signs() -> np.ndarray:
    """How mirroring changes the signs of coefficients, float64 (25, 4); see `transformed` for the four."""
    odd = np.arange(FREQUENCIES) % 2
    rows, columns = np.repeat(odd, FREQUENCIES), np.tile(odd, FREQUENCIES)
    return np.stack([(-1.0) ** (rows * (k & 1) + columns * (k >> 1)) for k in range(4)], axis=1)


def _different(thumbnails: np.ndarray, pairs: np.ndarray, symmetry: np.ndarray) -> np.ndarray:
    """1 - r, float64 (k,), of the thumbnails of each pair, the second transformed."""
    result = np.empty(len(pairs))
    for start in range(0, len(pairs), TOGETHER):
        here = slice(start, start + TOGETHER)
        first = thumbnails[pairs[here, 0]].astype(np.float32)
        second = thumbnails[pairs[here, 1]].astype(np.float32)
        for k in range(1, 8):
            those = symmetry[here] == k
            second[those] = transformed(second[those], k)
        product = np.einsum("nij,nij->n", first, second).astype(np.float64)
        sums = first.sum(axis=(1, 2)).astype(np.float64) * second.sum(axis=(1, 2)).astype(np.float64)
        squares = (_centred_square(thumbnails[pairs[here, k]]) for k in (0, 1))
        result[here] = 1 - (product - sums / 256) / np.sqrt(next(squares) * next(squares))
    return result


def _usually_different(thumbnails: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """1 - r, float64 (k,), of either image of each pair and others of its kind, the smaller; inf without others."""
    n, count = len(thumbnails), min(len(thumbnails), REFERENCES)
    references = np.arange(count) * n // count
    images, places = np.unique(pairs, return_inverse=True)
    usual = np.empty(len(images))
    flat = thumbnails.reshape(n, -1)
    others = flat[references].astype(np.float64)
    for start in range(0, len(images), TOGETHER // 10):
        here = images[start : start + TOGETHER // 10]
        these = flat[here].astype(np.float64)
        products = these @ others.T - np.outer(these.sum(axis=1), others.sum(axis=1)) / 256
        lengths = np.outer(_centred_square(thumbnails[here]), _centred_square(thumbnails[references]))
        different = 1 - products / np.sqrt(np.maximum(lengths, 1))
        different[here[:, None] == references] = np.inf
        usual[start : start + len(here)] = np.partition(different, min(RANK, count) - 1, axis=1)[
            :, min(RANK, count) - 1
        ]
    return usual[places.reshape(pairs.shape)].min(axis=1, initial=np.inf)
