"""Known mistakes in counting weights."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from cnnlab.judge.mistakes.base import Mistakes
from cnnlab.judge.references import Array

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


COUNTING = Mistakes()
add = COUNTING.add
add(
    "weights_counted_as_list_length",
    "The lists' entries are counted: the number of weights is the number of all numbers in them.",
    lambda W, b: len(W) + len(b),
    lambda W, b: len(W),
    lambda W, b: len(b),
)
add(
    "weights_counted_as_layers",
    "The arrays are counted: the number of weights is the number of all numbers in them.",
    lambda W, b: len(_full(W)) + len(_full(b)),
    lambda W, b: len(_full(W)),
)
add("biases_not_counted", "The biases are weights too, and are not counted.", lambda W, b: right(W, []))
add("only_biases_counted", "Only the biases are counted.", lambda W, b: right([], b))
add(
    "kernels_not_counted",
    "The convolutions' kernels are not counted.",
    lambda W, b: right([w for w in W if np.ndim(w) != 4], b),
    lambda W, b: right([w for w in W if np.ndim(w) != 4], []),
)
add(
    "matrices_not_counted",
    "The dense layers' matrices are not counted.",
    lambda W, b: right([w for w in W if np.ndim(w) != 2], b),
)
add(
    "kernels_counted_without_channels",
    "A kernel has height x width x channels in x channels out numbers: the channels are left out.",
    partial(_areas, biases=True, filters=True),
    partial(_areas, biases=True, filters=False),
    partial(_areas, biases=False, filters=True),
    partial(_areas, biases=False, filters=False),
)
add(
    "only_last_layer_counted",
    "Only the last layer's weights are counted: each layer's count overwrites the one before.",
    lambda W, b: np.size(W[-1]) + np.size(b[-1]),
)
add(
    "weights_counted_by_first_axis",
    "The length of an array is that of its first axis: its size is what counts.",
    lambda W, b: sum(map(len, (*W, *b))),
)
