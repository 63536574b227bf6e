"""Known mistakes in `dense_layer`."""

from collections.abc import Callable

import numpy as np

from cnnlab.judge.mistakes.base import Impossible, Mistakes
from cnnlab.judge.references import RIGHT, Array

DENSE = Mistakes()


def with_bias(bias: Callable[..., Array]) -> Callable[..., Array]:
    """The right sums with another bias, computed from W and b."""
    return lambda h, W, b, act: RIGHT.activation(W @ h.ravel() + bias(W, b.ravel()), act)


def with_act(name: str) -> Callable[..., Array]:
    """Always the same activation."""
    return lambda h, W, b, act: RIGHT.dense_layer(h, W, b, name)


def transposed(h: Array, W: Array, b: Array, act: str) -> Array:
    """W used as (in, out)."""
    if W.shape[0] != W.shape[1]:
        raise Impossible
    return RIGHT.dense_layer(h, W.T, b, act)


def square(axis: int | None, turned: bool) -> Callable[..., Array]:
    """A vector plus a column: (out, out), with every axis that a softmax may then take."""

    def way(h: Array, W: Array, b: Array, act: str) -> Array:
        z = W @ h.ravel() + b.reshape(-1, 1)
        z = z.T if turned else z
        if act != "softmax":
            return RIGHT.activation(z, act)
        e = np.exp(z - z.max())
        return e / e.sum(axis=axis, keepdims=True)

    return way


add = DENSE.add
add("bias_missing", "The bias is not added.", with_bias(lambda W, b: 0 * b))
add("bias_added_twice", "The bias is added twice.", with_bias(lambda W, b: 2 * b))
add(
    "bias_added_per_input",
    "The bias is added once for each number that comes in: it belongs to the finished sum, once.",
    with_bias(lambda W, b: W.shape[1] * b),
)
add(
    "bias_first_only",
    "Every output gets the first bias: each has its own.",
    with_bias(lambda W, b: b[:1] + 0 * b),
)
add("bias_sign_wrong", "The bias is subtracted where it should be added.", with_bias(lambda W, b: -b))
add(
    "matrix_transposed",
    "The matrix is used as (in, out): W is (out, in), one row for each output.",
    transposed,
    may_raise=True,
)
add(
    "matrix_reshaped",
    "The matrix is reshaped to (in, out), which mixes up its rows: only a transpose exchanges the axes.",
    lambda h, W, b, act: RIGHT.dense_layer(h, W.reshape(W.shape[1], W.shape[0]).T, b, act),
    lambda h, W, b, act: RIGHT.dense_layer(h, W.T.reshape(W.shape), b, act),
)
add(
    "bias_broadcast_to_square",
    "A vector plus a column is a square: the sums have the shape (out,) and the bias (out, 1), so NumPy adds every "
    "bias to every sum and the result is (out, out).",
    *(square(axis, turned) for axis in (None, 0, 1) for turned in (False, True)),
    may_raise=True,
)
add(
    "activation_missing",
    "The layer gives its sums as they are: the activation is not applied.",
    with_act("linear"),
)
add(
    "activation_twice",
    "The activation is applied twice. With relu that changes nothing; with sigmoid and softmax it does.",
    lambda h, W, b, act: RIGHT.activation(RIGHT.dense_layer(h, W, b, act), act),
)
add(
    "activation_argument_ignored",
    "The layer uses the same activation whatever its argument says.",
    *(with_act(name) for name in ("relu", "sigmoid", "softmax")),
)
add(
    "activation_before_bias",
    "The bias is added after the activation: it belongs before it.",
    lambda h, W, b, act: RIGHT.activation(W @ h.ravel(), act) + b.ravel(),
)
add(
    "mean_in_place_of_sum",
    "The products are averaged over the inputs: they should be added up.",
    lambda h, W, b, act: RIGHT.activation(W @ h.ravel() / h.size + b.ravel(), act),
)
