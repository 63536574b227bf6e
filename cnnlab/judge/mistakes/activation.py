"""Known mistakes in `activation`."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from cnnlab.judge.mistakes.base import Mistakes
from cnnlab.judge.references import RIGHT, Array

ACTIVATION = Mistakes()
Way = Callable[[Array, str], Array]


def only(name: str, function: Callable[[Array], Array]) -> Way:
    """A mistake in one activation; the others are right."""
    return lambda x, activation: function(x) if activation == name else RIGHT.activation(x, activation)


def _quotient(top: Callable[[Array], Array], bottom: Callable[[Array], Any]) -> Way:
    return only("softmax", lambda x: top(x) / bottom(x))


def _exp_minus_max(x: Array) -> Array:
    return np.exp(x - x.max())


def _leaky(slope: float, x: Array) -> Array:
    return np.where(x > 0, x, slope * x)


SLOPES = (0.01, 0.1, 0.2, 0.3, 0.05, 0.001, 0.5, 0.25, 0.02, 0.15, 1 / 3, 1 / 5.5)
EXPONENTIALS: tuple[Callable[[Array], Array], ...] = (np.exp, _exp_minus_max)
add = ACTIVATION.add

add(
    "relu_is_linear",
    "relu gives its input back: negative numbers should become 0.",
    only("relu", lambda x: x),
)
add(
    "relu_is_absolute_value",
    "relu gives the absolute value: negative numbers turn positive where they should become 0.",
    only("relu", np.abs),
)
add(
    "relu_is_minimum",
    "relu keeps the negative numbers and drops the positive ones: it is the wrong way round.",
    only("relu", lambda x: np.minimum(x, 0)),
)
add(
    "relu_is_leaky",
    "relu lets a part of every negative number through (a leaky relu): they should become exactly 0.",
    *(only("relu", partial(_leaky, slope)) for slope in SLOPES),
)
add(
    "relu_is_step",
    "relu gives 0 or 1, which is its derivative: positive numbers should stay as they are.",
    only("relu", lambda x: (x > 0).astype(float)),
)
add(
    "sigmoid_sign_wrong",
    "sigmoid falls where it should rise: the sign in the exponent is wrong, so it is the sigmoid of -x.",
    only("sigmoid", lambda x: RIGHT.activation(-x, "sigmoid")),
)
add(
    "sigmoid_is_tanh",
    "sigmoid is the hyperbolic tangent: its values run from -1 to 1 where they should run from 0 to 1.",
    only("sigmoid", np.tanh),
)
add(
    "softmax_missing",
    "softmax gives its input back: the numbers are not probabilities and do not add up to 1.",
    only("softmax", lambda x: x),
)
add(
    "softmax_wrong_axis",
    "softmax gives 1 everywhere: its sum runs over an axis of length one, not over the classes.",
    only("softmax", np.ones_like),
)
add(
    "softmax_wrong_sum",
    "softmax divides by something else than the sum of the exponentials that it has above the line (or by nothing): "
    "its values do not add up to 1.",
    _quotient(np.exp, lambda x: np.sum(x)),
    _quotient(lambda x: x, lambda x: np.sum(np.exp(x))),
    _quotient(lambda x: x, lambda x: np.sum(x)),
    _quotient(_exp_minus_max, lambda x: np.sum(np.exp(x))),
    _quotient(np.exp, lambda x: np.sum(_exp_minus_max(x))),
    _quotient(np.exp, lambda x: np.ones(())),
    _quotient(_exp_minus_max, lambda x: np.ones(())),
    *(
        _quotient(top, bottom)
        for top in EXPONENTIALS
        for bottom in (
            lambda x: np.exp(np.sum(x)),
            lambda x: np.max(np.exp(x)),
            lambda x: np.sum(np.exp(x)) + 1,
            lambda x: np.sum(np.exp(x)) - 1,
            lambda x: np.sum(np.exp(x)) - np.exp(x),
            lambda x: np.mean(np.exp(x)),
            lambda x: np.mean(_exp_minus_max(x)),
            lambda x: np.linalg.norm(np.exp(x)),
            lambda x: np.linalg.norm(_exp_minus_max(x)),
            lambda x: np.sum(_exp_minus_max(x)) - 1,
            lambda x: np.sum(_exp_minus_max(x)) + 1,
            lambda x: np.sum(_exp_minus_max(x)[1:]),
            lambda x: np.sum(_exp_minus_max(x)[:-1]),
            lambda x: np.sum(np.exp(x)[1:]),
            lambda x: np.sum(np.exp(x)[:-1]),
            lambda x: np.sum(np.exp(x) ** 2),
            lambda x: np.sum(_exp_minus_max(x) ** 2),
            lambda x: np.sum(x),
            lambda x: np.sum(np.abs(x)),
            lambda x: np.sum(x - x.max()),
            lambda x: np.asarray(float(x.size)),
            lambda x: np.sum(np.exp(-x)),
        )
    ),
)
add(
    "softmax_sign_wrong",
    "softmax prefers the smallest score: the sign in the exponent is wrong.",
    only("softmax", lambda x: RIGHT.activation(-x, "softmax")),
)
add(
    "softmax_is_sigmoid",
    "softmax treats every score alone, as sigmoid does: the values do not add up to 1.",
    only("softmax", lambda x: RIGHT.activation(x, "sigmoid")),
)
