"""Mistakes in `activation`."""

from ..contract import NETWORK
from .mistake import Mistake

SOFTMAX = "        e = np.exp(x - np.max(x))\n        return e / np.sum(e)\n"
SOFTMAX_LOOPS = """\
        largest = x.max()
        y = np.zeros(x.shape)
        total = 0
        for i in np.ndindex(x.shape):
            y[i] = math.exp(x[i] - largest)
            total += y[i]
        y = y / total
"""
RELU = "        return np.maximum(x, 0)\n"
RELU_LOOPS = "        y = np.where(x > 0, x, 0)\n"
SIGMOID = "        return 1 / (1 + np.exp(-x))\n"
SIGMOID_LOOPS = "        y = 0.5 * (np.tanh(0.5 * x) + 1)\n"


def in_activation(name, identifier, description, vectorised, loops, grade="required", consequences=()):
    """A mistake in `activation`, with one replacement for each style."""
    return Mistake(name, identifier, "activation", grade, description, (vectorised,), (loops,), consequences)


THROUGH_DENSE = ("dense_layer", *NETWORK)
EVERYWHERE = ("conv2d_layer", *THROUGH_DENSE)
SIGMOID_USERS = ("conv2d_layer", "dense_layer")

MISTAKES = [
    in_activation(
        "softmax_unstable",
        "softmax_unstable",
        "the maximum is not subtracted before the exponential",
        ("np.exp(x - np.max(x))", "np.exp(x)"),
        ("math.exp(x[i] - largest)", "math.exp(x[i])"),
        grade="robust",
    ),
    in_activation(
        "softmax_wrong_axis",
        "softmax_wrong_axis",
        "each number is divided by itself: the sum runs over an axis of length one",
        (
            SOFTMAX,
            "        e = np.exp(x - np.max(x)).reshape(-1, 1)\n"
            "        return (e / np.sum(e, axis=1, keepdims=True)).reshape(x.shape)\n",
        ),
        (
            "        y = y / total\n",
            "        for i in np.ndindex(x.shape):\n            y[i] = y[i] / np.sum(y[i])\n",
        ),
        consequences=THROUGH_DENSE,
    ),
    in_activation(
        "softmax_missing",
        "softmax_missing",
        "softmax gives its input back",
        (SOFTMAX, "        return x\n"),
        (SOFTMAX_LOOPS, "        y = x\n"),
        consequences=THROUGH_DENSE,
    ),
    in_activation(
        "softmax_not_divided",
        "softmax_wrong_sum",
        "the exponentials are not divided at all",
        ("        return e / np.sum(e)\n", "        return e\n"),
        ("        y = y / total\n", ""),
        consequences=THROUGH_DENSE,
    ),
    in_activation(
        "softmax_divided_by_sum_of_logits",
        "softmax_wrong_sum",
        "the exponentials are divided by the sum of the logits",
        ("e / np.sum(e)", "e / np.sum(x)"),
        ("            total += y[i]\n", "            total += x[i]\n"),
        consequences=THROUGH_DENSE,
    ),
    in_activation(
        "softmax_divided_by_unshifted_sum",
        "softmax_wrong_sum",
        "the maximum is subtracted above the line and not below it",
        ("e / np.sum(e)", "e / np.sum(np.exp(x))"),
        ("            total += y[i]\n", "            total += math.exp(x[i])\n"),
        consequences=THROUGH_DENSE,
    ),
    in_activation(
        "softmax_divided_by_maximum",
        "softmax_wrong_sum",
        "the exponentials are divided by the largest of them",
        ("e / np.sum(e)", "e / np.max(e)"),
        ("        y = y / total\n", "        y = y / y.max()\n"),
        consequences=THROUGH_DENSE,
    ),
    in_activation(
        "relu_is_absolute_value",
        "relu_is_absolute_value",
        "relu turns negative numbers positive",
        (RELU, "        return np.abs(x)\n"),
        (RELU_LOOPS, "        y = np.where(x > 0, x, -x)\n"),
        consequences=EVERYWHERE,
    ),
    in_activation(
        "relu_is_leaky",
        "relu_is_leaky",
        "relu lets a tenth of a negative number through",
        (RELU, "        return np.maximum(x, 0.1 * x)\n"),
        (RELU_LOOPS, "        y = np.where(x > 0, x, 0.1 * x)\n"),
        consequences=EVERYWHERE,
    ),
    in_activation(
        "relu_is_linear",
        "relu_is_linear",
        "relu gives its input back",
        (RELU, "        return x\n"),
        (RELU_LOOPS, "        y = x\n"),
        consequences=EVERYWHERE,
    ),
    in_activation(
        "relu_is_minimum",
        "relu_is_minimum",
        "relu keeps the negative numbers and drops the positive ones",
        (RELU, "        return np.minimum(x, 0)\n"),
        (RELU_LOOPS, "        y = np.where(x > 0, 0, x)\n"),
        consequences=EVERYWHERE,
    ),
    in_activation(
        "sigmoid_sign_wrong",
        "sigmoid_sign_wrong",
        "sigmoid falls where it should rise",
        (SIGMOID, "        return 1 / (1 + np.exp(x))\n"),
        (SIGMOID_LOOPS, "        y = 0.5 * (1 - np.tanh(0.5 * x))\n"),
        consequences=SIGMOID_USERS,
    ),
    in_activation(
        "sigmoid_is_tanh",
        "sigmoid_is_tanh",
        "sigmoid is the hyperbolic tangent",
        (SIGMOID, "        return np.tanh(x)\n"),
        (SIGMOID_LOOPS, "        y = (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))\n"),
        consequences=SIGMOID_USERS,
    ),
    in_activation(
        "sigmoid_name_misspelt",
        "activation_name_refused",
        "sigmoid is spelt wrongly, so that the name is not known",
        ("activation == 'sigmoid'", "activation == 'sigmod'"),
        ('activation == "sigmoid"', 'activation == "Sigmoid"'),
        consequences=SIGMOID_USERS,
    ),
    in_activation(
        "relu_writes_into_input",
        "writes_into_input",
        "relu sets the negative numbers of its argument to zero",
        (RELU, "        x[x < 0] = 0\n        return x\n"),
        (RELU_LOOPS, "        x[x < 0] = 0\n        y = x\n"),
        grade="robust",
    ),
]
