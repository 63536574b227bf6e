"""Mistakes in `feedforward_sample` and `feedforward`."""

from ..contract import CALLERS
from .mistake import Mistake


def in_sample(name, identifier, description, vectorised, loops, grade="required", stops=False):
    """A mistake in `feedforward_sample`, with the replacements for each style."""
    function = "feedforward_sample"
    consequences = CALLERS[function] if grade == "required" else ()
    return Mistake(name, identifier, function, grade, description, vectorised, loops, consequences, stops)


def in_feedforward(name, identifier, description, vectorised, loops, stops=False):
    """A mistake in `feedforward`, with one replacement for each style."""
    return Mistake(
        name,
        identifier,
        "feedforward",
        "required",
        description,
        (vectorised,),
        (loops,),
        ("evaluate",),
        stops,
    )


LAST = "            act = 'softmax' if l == last else self.activation\n"
STACK = "        return np.array([self.feedforward_sample(image).ravel() for image in x])\n"
CONVOLUTION_LOOPS = "                h = conv2d_layer(h, self.W[i], self.b[i], self.activation)\n"
HIDDEN_LOOPS = "                    h = dense_layer(h, self.W[i], self.b[i], self.activation)\n"
LAST_LOOPS = '                    h = dense_layer(h, self.W[i], self.b[i], "softmax")\n'
RETURN_LOOPS = HIDDEN_LOOPS + "        return h\n"
DENSE = "                h = dense_layer(h, self.W[l], self.b[l], act)\n"

MISTAKES = [
    in_sample(
        "last_layer_without_softmax",
        "softmax_missing",
        "the last layer gets the activation of the hidden ones",
        ((LAST, "            act = self.activation\n"),),
        ((LAST_LOOPS, HIDDEN_LOOPS),),
    ),
    in_sample(
        "last_layer_linear",
        "softmax_missing",
        "the last layer gives its logits",
        ((LAST, LAST.replace("'softmax'", "'linear'")),),
        ((LAST_LOOPS, LAST_LOOPS.replace("softmax", "linear")),),
    ),
    in_sample(
        "last_layer_sigmoid",
        "softmax_is_sigmoid",
        "the last layer gets a sigmoid",
        ((LAST, LAST.replace("'softmax'", "'sigmoid'")),),
        ((LAST_LOOPS, LAST_LOOPS.replace("softmax", "sigmoid")),),
    ),
    in_sample(
        "softmax_after_softmax",
        "activation_twice",
        "softmax is applied to what the last layer has already made probabilities",
        ((DENSE + "        return h\n", DENSE + "        return activation(h, 'softmax')\n"),),
        ((RETURN_LOOPS, HIDDEN_LOOPS + '        return activation(h, "softmax")\n'),),
    ),
    in_sample(
        "hidden_activation_missing",
        "activation_missing",
        "the hidden layers are linear",
        ((LAST, LAST.replace("self.activation", "'linear'")),),
        (
            (CONVOLUTION_LOOPS, CONVOLUTION_LOOPS.replace("self.activation", '"linear"')),
            (HIDDEN_LOOPS, HIDDEN_LOOPS.replace("self.activation", '"linear"')),
        ),
    ),
    in_sample(
        "hidden_activation_always_relu",
        "activation_argument_ignored",
        "the hidden layers use relu whatever setup_model was given",
        ((LAST, LAST.replace("self.activation", "'relu'")),),
        (
            (CONVOLUTION_LOOPS, CONVOLUTION_LOOPS.replace("self.activation", '"relu"')),
            (HIDDEN_LOOPS, HIDDEN_LOOPS.replace("self.activation", '"relu"')),
        ),
        grade="robust",
    ),
    in_sample(
        "softmax_in_every_dense_layer",
        "softmax_in_every_dense_layer",
        "hidden dense layers get softmax as well",
        ((DENSE, DENSE.replace("act)", "'softmax')")),),
        ((HIDDEN_LOOPS, HIDDEN_LOOPS.replace("self.activation", '"softmax"')),),
        grade="robust",
    ),
    in_sample(
        "last_layer_skipped",
        "last_layer_skipped",
        "the loop ends one layer too early",
        (("enumerate(self.lname):", "enumerate(self.lname[:-1]):"),),
        (("        for i in range(n_layers):\n", "        for i in range(n_layers - 1):\n"),),
        stops=True,
    ),
    in_feedforward(
        "last_sample_missing",
        "last_sample_missing",
        "the last image is left out",
        (STACK, STACK.replace("in x]", "in x[:-1]]")),
        ("        for n in range(len(x)):\n", "        for n in range(len(x) - 1):\n"),
        stops=True,
    ),
    in_feedforward(
        "same_sample_repeated",
        "same_sample_repeated",
        "the first image is used every time",
        (STACK, STACK.replace("feedforward_sample(image)", "feedforward_sample(x[0])")),
        ("self.feedforward_sample(x[n])", "self.feedforward_sample(x[0])"),
    ),
    in_feedforward(
        "samples_in_columns",
        "feedforward_transposed",
        "one column for each image: the result has the shape (K, n)",
        (STACK, STACK.replace(" for image in x])", " for image in x]).T")),
        ("        return y\n\n    def loss_and", "        return y.T\n\n    def loss_and"),
        stops=True,
    ),
    in_feedforward(
        "one_class_for_each_sample",
        "feedforward_returns_classes",
        "the number of the likeliest class in place of the probabilities",
        (STACK, STACK.replace("return np.array(", "return np.argmax(").replace(" in x])", " in x], axis=1)")),
        ("        return y\n\n    def loss_and", "        return np.argmax(y, axis=1)\n\n    def loss_and"),
        stops=True,
    ),
]
