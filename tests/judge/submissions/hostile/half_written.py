"""Files that are not finished, or do not run."""

from ..contract import CHECKS
from ..editing import first_lines, new_body, without
from .submission import CANNOT_BE_JUDGED, FAILS, PASSES, REFERENCE, Hostile, at_import, changed

FUNCTIONS = CHECKS[:5]
STYLE = "vectorised"


def missing_function(name: str) -> Hostile:
    """A file without one of the five functions."""
    return Hostile(
        f"{name}_missing",
        f"there is no function {name}",
        changed(*without(STYLE, name)),
        FAILS,
        findings=((name, "function_missing"),),
        passing=("pool2d_layer",) if name != "pool2d_layer" else ("flatten_layer",),
    )


def missing_method(name: str) -> Hostile:
    """A class without one of its methods."""
    return Hostile(
        f"{name}_missing",
        f"the class has no method {name}",
        changed(*without(STYLE, name)),
        FAILS,
        findings=((name, "function_missing"),),
        passing=FUNCTIONS,
    )


EMPTY_SKELETON = """\
import numpy as np


def activation(x, activation):
    pass


def conv2d_layer(h, W, b, act):
    # TODO
    pass


def pool2d_layer(h):
    return None


def flatten_layer(h):
    ...


def dense_layer(h, W, b, act):
    pass


class CNN:
    def __init__(self, dataset, verbose=True):
        self.dataset = dataset
        self.verbose = verbose

    def setup_model(self, W, b, lname, activation='relu'):
        self.N = 0
        print('Number of weights:', self.N)

    def feedforward_sample(self, h):
        for layer in range(len(self.lname)):
            pass
        return h

    def feedforward(self, x):
        y = np.zeros((len(x), self.dataset.K))
        return y

    def evaluate(self):
        print('Train loss: %.4f' % 0)
        print('Train accuracy: %.2f' % 0)
        print('Test loss: %.4f' % 0)
        print('Test accuracy: %.2f' % 0)
"""

SUBMISSIONS = [
    Hostile(
        "empty_skeleton",
        "a hand-out as it comes: pass, None, ..., and zeros everywhere",
        EMPTY_SKELETON,
        FAILS,
        findings=tuple((name, "not_written") for name in FUNCTIONS),
        harmless=True,
    ),
    Hostile(
        "only_activation_written",
        "activation is right, the rest is not there",
        REFERENCE[: REFERENCE.index("def conv2d_layer")],
        FAILS,
        findings=(("conv2d_layer", "function_missing"), ("setup_model", "class_missing")),
        passing=("activation",),
        harmless=True,
    ),
    Hostile(
        "class_missing",
        "the five functions are right, there is no class",
        REFERENCE[: REFERENCE.index("class CNN")],
        FAILS,
        findings=(("setup_model", "class_missing"),),
        passing=FUNCTIONS,
        harmless=True,
    ),
    Hostile(
        "class_of_another_name",
        "the class is called Network",
        changed(("class CNN:", "class Network:")),
        FAILS,
        findings=(("setup_model", "class_missing"),),
        passing=FUNCTIONS,
        harmless=True,
    ),
    *(missing_function(name) for name in FUNCTIONS),
    *(missing_method(name) for name in CHECKS[5:]),
    Hostile(
        "constructor_wants_more",
        "the constructor has two more arguments without a default",
        changed(
            (
                "def __init__(self, dataset, verbose=True)",
                "def __init__(self, dataset, classes, rate, verbose=True)",
            )
        ),
        FAILS,
        findings=(("setup_model", "constructor_differs"),),
        passing=FUNCTIONS,
        harmless=True,
    ),
    Hostile(
        "constructor_wants_nothing",
        "the constructor takes no data set",
        changed(
            ("def __init__(self, dataset, verbose=True)", "def __init__(self)"),
            ("        self.dataset = dataset\n        self.verbose = verbose\n        if verbose:\n", ""),
            ("            print('Created a CNN for %d classes' % dataset.K)\n", "        pass\n"),
        ),
        FAILS,
        findings=(("setup_model", "constructor_differs"),),
        passing=FUNCTIONS,
        harmless=True,
    ),
    Hostile(
        "function_wants_more",
        "pool2d_layer has an argument that the interface does not have",
        changed(("def pool2d_layer(h):", "def pool2d_layer(h, size):")),
        FAILS,
        findings=(("pool2d_layer", "arguments_differ"),),
        passing=("conv2d_layer", "flatten_layer", "dense_layer", "setup_model"),
        harmless=True,
    ),
    Hostile(
        "name_that_does_not_exist",
        "a misspelt name inside a function",
        changed(("    z = W @ h.ravel() + b.ravel()\n", "    z = W @ h.ravel() + bias.ravel()\n")),
        FAILS,
        findings=(("dense_layer", "raises_exception"),),
        passing=("activation", "conv2d_layer", "pool2d_layer", "flatten_layer", "setup_model"),
        harmless=True,
    ),
    Hostile(
        "raises_on_purpose",
        "NotImplementedError is the hand-out's pass in other words",
        changed(*new_body(STYLE, "flatten_layer", "raise NotImplementedError('to do')")),
        FAILS,
        findings=(("flatten_layer", "not_written"),),
        passing=("activation", "conv2d_layer", "pool2d_layer", "dense_layer", "setup_model"),
        harmless=True,
    ),
    Hostile(
        "raises_in_evaluate",
        "evaluate prints the training lines and then divides by zero",
        changed(
            (
                "        print('Test loss: %.4f' % test_loss)\n",
                "        print('Test loss: %.4f' % (1 // 0))\n",
            )
        ),
        FAILS,
        findings=(("evaluate", "raises_exception"),),
        passing=CHECKS[:8],
        harmless=True,
    ),
    Hostile(
        "recursion",
        "flatten_layer calls itself without end",
        changed(*new_body(STYLE, "flatten_layer", "return flatten_layer(h)")),
        FAILS,
        findings=(("flatten_layer", "raises_exception"),),
        passing=("activation", "conv2d_layer", "pool2d_layer", "dense_layer", "setup_model"),
    ),
    Hostile(
        "gives_nan",
        "the convolution is full of nan",
        changed(*first_lines(STYLE, "conv2d_layer", "h = h * np.nan")),
        FAILS,
        findings=(("conv2d_layer", "not_finite"),),
        passing=("activation", "pool2d_layer", "flatten_layer", "dense_layer", "setup_model"),
        harmless=True,
    ),
    Hostile(
        "gives_text",
        "flatten_layer returns a string",
        changed(*new_body(STYLE, "flatten_layer", "return 'a vector'")),
        FAILS,
        findings=(("flatten_layer", "wrong_type"),),
        passing=("activation", "conv2d_layer", "pool2d_layer", "dense_layer", "setup_model"),
        harmless=True,
    ),
    Hostile(
        "functions_are_numbers",
        "the name flatten_layer is there and is no function",
        changed(*without(STYLE, "flatten_layer")) + "\n\nflatten_layer = 3\n",
        FAILS,
        findings=(("flatten_layer", "function_missing"),),
        passing=("activation", "conv2d_layer", "pool2d_layer", "dense_layer", "setup_model"),
        harmless=True,
    ),
    Hostile(
        "methods_outside_the_class",
        "evaluate lost its indentation and stands beside the class",
        changed(*without(STYLE, "evaluate")) + "\n\ndef evaluate(self):\n    print('Train loss: 0.1')\n",
        FAILS,
        findings=(("evaluate", "function_missing"),),
        passing=CHECKS[:8],
        harmless=True,
    ),
    Hostile(
        "writes_into_images",
        "feedforward_sample scales the image it is given in place, so that every second look differs",
        changed(
            *first_lines(STYLE, "feedforward_sample", "h *= 0.5", "h = h * 2"),
        ),
        FAILS,
        findings=(("feedforward_sample", "writes_into_input"),),
        passing=("activation", "conv2d_layer", "pool2d_layer", "flatten_layer", "dense_layer", "setup_model"),
    ),
    Hostile(
        "writes_into_bias",
        "dense_layer adds its sum to the bias, so that only the first call is right",
        changed(
            (
                "    z = W @ h.ravel() + b.ravel()\n    return activation(z, act)\n",
                "    b += (W @ h.ravel()).reshape(b.shape)\n    return activation(b.ravel().copy(), act)\n",
            )
        ),
        FAILS,
        findings=(("dense_layer", "writes_into_input"),),
        passing=("activation", "conv2d_layer", "pool2d_layer", "flatten_layer", "setup_model"),
    ),
    Hostile(
        "writes_into_kernels",
        "conv2d_layer turns the kernel where it lies, so that every second call is a true convolution",
        changed(
            *first_lines(STYLE, "conv2d_layer", "W[:] = W[::-1, ::-1].copy()"),
            ("np.tensordot(patches, W, ", "np.tensordot(patches, W[::-1, ::-1], "),
        ),
        FAILS,
        findings=(("conv2d_layer", "writes_into_input"),),
        passing=("activation", "pool2d_layer", "flatten_layer", "dense_layer", "setup_model"),
    ),
    Hostile(
        "reuses_one_buffer",
        "pool2d_layer returns the same array for the same shape each time; the network is right",
        changed(
            (
                "    return blocks.max(axis=(1, 3))\n",
                "    out = BUFFERS.setdefault((H, W, C), np.zeros((H // 2, W // 2, C)))\n"
                "    out[:] = blocks.max(axis=(1, 3))\n"
                "    return out\n\n\n"
                "BUFFERS = {}\n",
            ),
        ),
        PASSES,
        passing=CHECKS,
        harmless=True,
    ),
    Hostile(
        "undefined_name_at_import",
        "a line outside all functions uses a name that does not exist",
        at_import("print(number_of_classes)"),
        CANNOT_BE_JUDGED,
        findings=(("file", "import_failed"),),
        line=3,
    ),
    Hostile(
        "imports_what_is_not_installed",
        "an import of a package that nobody has",
        at_import("import my_private_helpers_of_last_year"),
        CANNOT_BE_JUDGED,
        findings=(("file", "import_failed"),),
        line=3,
    ),
    Hostile(
        "raises_at_import",
        "an assert outside all functions fails",
        at_import("assert np.__version__ < '1'"),
        CANNOT_BE_JUDGED,
        findings=(("file", "import_failed"),),
        line=3,
    ),
]
