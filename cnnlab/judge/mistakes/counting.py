"""Known mistakes in counting weights."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cnnlab.judge.plain import Array

Lists = Sequence[Any]


def right(W: Lists, b: Lists) -> int:
    """All kernels, matrices and biases."""
    return sum(np.size(w) for w in (*W, *b))


def _areas(W: Lists, b: Lists, *, biases: bool, filters: bool) -> int:
    total = sum(map(np.size, b)) if biases else 0
    for w in W:
        shape = np.shape(w)
        if len(shape) == 4:
            total += shape[0] * shape[1] * (shape[3] if filters else 1)
        else:
            total += np.size(w)
    return total


def _full(W: Lists) -> list[Array]:
    return [w for w in W if np.size(w)]


def _last(W: Lists, b: Lists) -> int:
    return max(((np.size(w) + np.size(c)) for w, c in list(zip(W, b, strict=True))[-1:]), default=0)


COUNTING: list[tuple[str, str, tuple[Callable[[Lists, Lists], int], ...]]] = [
    (
        "weights_counted_as_list_length",
        "The lists' entries are counted: the number of weights is the number of all numbers in them.",
        (lambda W, b: len(W) + len(b), lambda W, b: len(W), lambda W, b: len(b)),
    ),
    (
        "weights_counted_as_layers",
        "The arrays are counted: the number of weights is the number of all numbers in them.",
        (lambda W, b: len(_full(W)) + len(_full(b)), lambda W, b: len(_full(W))),
    ),
    ("biases_not_counted", "The biases are weights too, and are not counted.", (lambda W, b: right(W, []),)),
    ("only_biases_counted", "Only the biases are counted.", (lambda W, b: right([], b),)),
    (
        "kernels_not_counted",
        "The convolutions' kernels are not counted.",
        (
            lambda W, b: right([w for w in W if np.ndim(w) != 4], b),
            lambda W, b: right([w for w in W if np.ndim(w) != 4], []),
        ),
    ),
    (
        "matrices_not_counted",
        "The dense layers' matrices are not counted.",
        (lambda W, b: right([w for w in W if np.ndim(w) != 2], b),),
    ),
    (
        "kernels_counted_without_channels",
        "A kernel has height x width x channels in x channels out numbers: the channels are left out.",
        tuple(
            lambda W, b, biases=biases, filters=filters: _areas(W, b, biases=biases, filters=filters)  # type: ignore[misc]
            for biases in (True, False)
            for filters in (True, False)
        ),
    ),
    (
        "only_last_layer_counted",
        "Only the last layer's weights are counted: each layer's count overwrites the one before.",
        (_last,),
    ),
    (
        "weights_counted_by_first_axis",
        "The length of an array is that of its first axis: its size is what counts.",
        (lambda W, b: sum(map(len, (*W, *b))),),
    ),
]
