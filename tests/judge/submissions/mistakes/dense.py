"""Mistakes in `dense_layer`."""

from ..contract import NETWORK
from .mistake import Mistake

SUM = "    z = W @ h.ravel() + b.ravel()\n"
RETURN = SUM + "    return activation(z, act)\n"
SUM_LOOPS = "        z[j] = np.sum(W[j, :] * h) + b[j]\n"
RETURN_LOOPS = SUM_LOOPS + "    return activation(z, act)\n"
FLAT_LOOPS = "    h = np.ravel(h)\n    b = np.ravel(b)\n"


def in_dense(
    name, identifier, description, vectorised, loops, grade="required", consequences=NETWORK, stops=False
):
    """A mistake in `dense_layer`, with the replacements for each style."""
    return Mistake(
        name, identifier, "dense_layer", grade, description, vectorised, loops, consequences, stops
    )


MISTAKES = [
    in_dense(
        "matrix_transposed",
        "matrix_transposed",
        "the matrix is used as if its shape were (in, out)",
        ((SUM, "    z = W.T @ h.ravel() + b.ravel()\n"),),
        ((SUM_LOOPS, "        z[j] = np.sum(W[:, j] * h) + b[j]\n"),),
        stops=True,
    ),
    in_dense(
        "matrix_entries_in_wrong_order",
        "matrix_reshaped",
        "the matrix is reshaped to (in, out) in place of being transposed",
        ((SUM, "    z = h.ravel() @ W.reshape(W.shape[1], W.shape[0]) + b.ravel()\n"),),
        (
            (SUM_LOOPS, "        z[j] = np.sum(M[:, j] * h) + b[j]\n"),
            (FLAT_LOOPS, FLAT_LOOPS + "    M = W.reshape(W.shape[1], W.shape[0])\n"),
        ),
    ),
    in_dense(
        "dense_bias_missing",
        "bias_missing",
        "no bias is added",
        ((SUM, "    z = W @ h.ravel()\n"),),
        ((SUM_LOOPS, "        z[j] = np.sum(W[j, :] * h)\n"),),
    ),
    in_dense(
        "dense_bias_added_twice",
        "bias_added_twice",
        "the bias is added twice",
        ((SUM, SUM + "    z = z + b.ravel()\n"),),
        ((RETURN_LOOPS, SUM_LOOPS + "    return activation(z + b, act)\n"),),
    ),
    in_dense(
        "dense_bias_added_per_input",
        "bias_added_per_input",
        "the bias is added once for each number that comes in",
        ((SUM, "    z = W @ h.ravel() + b.ravel() * h.size\n"),),
        ((SUM_LOOPS, "        z[j] = np.sum(W[j, :] * h + b[j])\n"),),
    ),
    in_dense(
        "dense_bias_first_only",
        "bias_first_only",
        "every output gets the first bias",
        ((SUM, "    z = W @ h.ravel() + b.ravel()[0]\n"),),
        ((SUM_LOOPS, "        z[j] = np.sum(W[j, :] * h) + b[0]\n"),),
    ),
    in_dense(
        "bias_broadcast_to_square",
        "bias_broadcast_to_square",
        "a vector plus a column gives a square matrix",
        ((SUM, "    z = W @ h.ravel() + b\n"),),
        (
            (FLAT_LOOPS, "    h = np.ravel(h)\n"),
            (RETURN_LOOPS, "        z[j] = np.sum(W[j, :] * h)\n    return activation(z + b, act)\n"),
        ),
        stops=True,
    ),
    in_dense(
        "dense_activation_missing",
        "activation_missing",
        "the dense layer gives the sums as they are",
        ((RETURN, SUM + "    return z\n"),),
        ((RETURN_LOOPS, SUM_LOOPS + "    return z\n"),),
    ),
    in_dense(
        "dense_activation_twice",
        "activation_twice",
        "the activation is applied to the activation",
        ((RETURN, SUM + "    z = activation(z, act)\n    return activation(z, act)\n"),),
        ((RETURN_LOOPS, SUM_LOOPS + "    return activation(activation(z, act), act)\n"),),
    ),
    in_dense(
        "dense_activation_before_bias",
        "activation_before_bias",
        "the bias is added after the activation",
        ((RETURN, "    z = W @ h.ravel()\n    return activation(z, act) + b.ravel()\n"),),
        ((RETURN_LOOPS, "        z[j] = np.sum(W[j, :] * h)\n    return activation(z, act) + b\n"),),
    ),
    in_dense(
        "dense_softmax_always",
        "activation_argument_ignored",
        "the dense layer applies softmax whatever it is asked for",
        ((RETURN, SUM + "    return activation(z, 'softmax')\n"),),
        ((RETURN_LOOPS, SUM_LOOPS + '    return activation(z, "softmax")\n'),),
        consequences=(),
    ),
    in_dense(
        "dense_returns_row",
        "dense_returns_row",
        "a row of shape (1, out), which the file's own layers take",
        ((RETURN, SUM + "    return activation(z, act).reshape(1, -1)\n"),),
        ((RETURN_LOOPS, SUM_LOOPS + "    return activation(z, act)[None, :]\n"),),
        grade="beyond",
        consequences=(),
    ),
    in_dense(
        "dense_returns_row_and_refuses_it",
        "dense_returns_row",
        "a row of shape (1, out), which a second dense layer cannot take",
        ((RETURN, "    z = W @ h + b.ravel()\n    return activation(z, act).reshape(1, -1)\n"),),
        (
            (FLAT_LOOPS, "    b = np.ravel(b)\n"),
            (
                RETURN_LOOPS,
                "        for i in range(W.shape[1]):\n"
                "            z[j] += W[j, i] * h[i]\n"
                "        z[j] += b[j]\n"
                "    return activation(z, act)[None, :]\n",
            ),
        ),
        grade="robust",
        consequences=(),
        stops=True,
    ),
    in_dense(
        "dense_returns_column",
        "dense_returns_column",
        "a column of shape (out, 1), which the file's own layers take",
        ((RETURN, SUM + "    return activation(z, act).reshape(-1, 1)\n"),),
        ((RETURN_LOOPS, SUM_LOOPS + "    return activation(z, act)[:, None]\n"),),
        grade="beyond",
        consequences=(),
    ),
    in_dense(
        "dense_bias_vector",
        "dense_bias_vector",
        "a bias of shape (out,) is not taken",
        ((SUM, "    z = W @ h.ravel() + b[:, 0]\n"),),
        (
            (FLAT_LOOPS, "    h = np.ravel(h)\n"),
            (SUM_LOOPS, "        z[j] = np.sum(W[j, :] * h) + b[j, 0]\n"),
        ),
        grade="beyond",
        consequences=(),
    ),
    in_dense(
        "dense_column_input",
        "dense_column_input",
        "an input of shape (in, 1) is not taken for the vector that it holds",
        ((SUM, "    z = W @ h + b.ravel()\n"),),
        ((FLAT_LOOPS, "    b = np.ravel(b)\n"),),
        grade="beyond",
        consequences=(),
    ),
]
