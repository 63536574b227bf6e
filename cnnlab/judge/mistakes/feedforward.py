"""Known mistakes in `feedforward`, by what becomes of the right probabilities ``(n, classes)``."""

import numpy as np

from cnnlab.judge.mistakes.base import Mistakes

FEEDFORWARD = Mistakes()
add = FEEDFORWARD.add
add(
    "last_sample_missing",
    "The last image is left out.",
    lambda p: p[:-1],
    lambda p: np.concatenate([p[:-1], 0 * p[-1:]]),
)
add(
    "first_sample_missing",
    "The first image is left out.",
    lambda p: p[1:],
    lambda p: np.concatenate([0 * p[:1], p[1:]]),
)
add(
    "same_sample_repeated",
    "Every row is the same image's.",
    lambda p: np.repeat(p[:1], len(p), axis=0),
    lambda p: np.repeat(p[-1:], len(p), axis=0),
)
add(
    "feedforward_transposed",
    "The result is (classes, n): it should have one row for each image.",
    lambda p: p.T,
)
add(
    "feedforward_returns_classes",
    "The number of the likeliest class is returned: evaluate needs the probabilities of all classes.",
    lambda p: p.argmax(axis=1),
)
