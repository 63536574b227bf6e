"""Correct submissions in other styles: none of them may be blamed at the grade required.

The ones in `correct_variants/` are written out; the others are a reference with one thing done differently.
"""

from dataclasses import dataclass
from pathlib import Path

from .editing import FOLDER, apply_edits, first_lines, new_body, reference_source

Finding = tuple[str, str, str]


@dataclass(frozen=True)
class Variant:
    """A correct submission: `files` by their path in its folder, where `cnn.py` is the one to judge.

    `findings` are the only ones that a judge may have, as (check, identifier, grade). It must report
    them, except for the shape that `feedforward_sample` returns, which it may leave unsaid. At functions
    that use the one of a robust finding the judge may see a consequence of it, without a name of its
    own.
    """

    name: str
    description: str
    files: dict[str, str]
    findings: tuple[Finding, ...] = ()

    @property
    def source(self) -> str:
        """The text of `cnn.py`."""
        return self.files["cnn.py"]

    def write(self, folder: Path) -> Path:
        """Write the submission into a folder and return the path of its `cnn.py`."""
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return folder / "cnn.py"


def written_out(name: str, description: str, *findings: Finding) -> Variant:
    """A variant that is kept as a folder of files."""
    folder = FOLDER / "correct_variants" / name
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))}
    return Variant(name, description, files, findings)


def edited(
    name: str, description: str, style: str, *edits: tuple[str, str], findings=(), **companions
) -> Variant:
    """A variant that differs from a reference by a few edits; companions are files beside it."""
    files = {"cnn.py": apply_edits(reference_source(style), edits)}
    files.update({f"{stem}.py": text for stem, text in companions.items()})
    return Variant(name, description, files, tuple(findings))


FIRST_IMPORT = "import numpy as np\n"
LAST_LINE = "        print('Test accuracy: %.2f' % test_accuracy)\n"
DATA_GENERATOR = (FOLDER / "correct_variants" / "with_data_generator" / "data_generator.py").read_text(
    encoding="utf-8"
)
MAIN = """

if __name__ == '__main__':
    import matplotlib.pyplot as plt
    dataset = data_generator.DataGenerator(verbose=True)
    network = CNN(dataset)
    plt.imshow(dataset.x_train[0])
    plt.show()
"""
FEEDFORWARD = "        return np.array([self.feedforward_sample(image).ravel() for image in x])\n"
SOFTMAX = "        e = np.exp(x - np.max(x))\n"

VARIANTS: list[Variant] = [
    Variant("reference_vectorised", "the vectorised reference", {"cnn.py": reference_source("vectorised")}),
    Variant("reference_loops", "the reference in loops", {"cnn.py": reference_source("loops")}),
    written_out(
        "dense_columns",
        "columns (n, 1) after flatten, softmax over axis 0, correlate2d, losses with all digits",
        ("flatten_layer", "flatten_returns_column", "beyond"),
        ("dense_layer", "dense_returns_column", "beyond"),
        ("dense_layer", "dense_bias_vector", "beyond"),
        ("feedforward_sample", "dense_returns_column", "beyond"),
    ),
    written_out(
        "dense_rows",
        "rows (1, n) after flatten, a softmax that needs two axes, im2col, accuracy as a fraction",
        ("flatten_layer", "flatten_returns_row", "beyond"),
        ("dense_layer", "dense_returns_row", "beyond"),
        ("activation", "softmax_needs_two_axes", "beyond"),
        ("feedforward_sample", "dense_returns_row", "beyond"),
    ),
    written_out(
        "pixel_loops",
        "a loop over every pixel (20-80 ms an image), flatten gives a list, fractions, progress with \\r",
        ("dense_layer", "dense_bias_vector", "beyond"),
        ("dense_layer", "dense_column_input", "beyond"),
    ),
    written_out(
        "flipped_convolution",
        "convolve2d with the kernel turned back, block_reduce, N as a property, loss from the logits",
        ("pool2d_layer", "pool_odd_size", "robust"),
        ("conv2d_layer", "even_kernel_shifted", "beyond"),
    ),
    written_out(
        "float32_inside",
        "32-bit numbers, strides by hand, results only when verbose, a table with a frame",
    ),
    written_out(
        "activation_by_keyword",
        "parameters of other names, calls by keyword, a class for layers, batches, plots in the main guard",
    ),
    edited(
        "imports_missing_data_generator",
        "imports data_generator, which is not there, and uses it in the main guard only",
        "vectorised",
        (FIRST_IMPORT, FIRST_IMPORT + "import data_generator\n"),
        (LAST_LINE, LAST_LINE + MAIN),
    ),
    edited(
        "imports_names_of_missing_files",
        "imports names from data_generator and everything from util, both missing",
        "loops",
        (
            FIRST_IMPORT,
            FIRST_IMPORT
            + "from data_generator import DataGenerator, normalise as norm\nfrom util import *\n",
        ),
    ),
    edited(
        "imports_data_generator_with_tensorflow",
        "a data_generator.py beside it imports TensorFlow",
        "vectorised",
        (FIRST_IMPORT, FIRST_IMPORT + "import data_generator\n"),
        (LAST_LINE, LAST_LINE + MAIN),
        data_generator=DATA_GENERATOR,
    ),
    edited(
        "uses_util_beside_it",
        "a function of a util.py beside it is used in evaluate",
        "vectorised",
        (FIRST_IMPORT, FIRST_IMPORT + "from util import percent\n"),
        (
            "    return 100 * np.mean(np.argmax(p, axis=1) == y)\n",
            "    return percent(np.argmax(p, axis=1) == y)\n",
        ),
        util="def percent(right):\n    return 100.0 * sum(right) / len(right)\n",
    ),
    edited(
        "thread_pool",
        "feedforward with a pool of threads",
        "vectorised",
        (FIRST_IMPORT, "import concurrent.futures\n" + FIRST_IMPORT),
        (
            FEEDFORWARD,
            "        with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:\n"
            "            return np.array([y.ravel() for y in pool.map(self.feedforward_sample, x)])\n",
        ),
    ),
    edited(
        "process_pool",
        "feedforward with a pool of processes, which must be able to import the module",
        "vectorised",
        (FIRST_IMPORT, "from concurrent.futures import ProcessPoolExecutor\n" + FIRST_IMPORT),
        (
            FEEDFORWARD,
            "        with ProcessPoolExecutor(max_workers=2) as pool:\n"
            "            return np.array(list(pool.map(self.feedforward_sample, x, chunksize=32)))\n",
        ),
    ),
    edited(
        "spawned_processes",
        "a pool of processes that begin afresh and import the module by its name",
        "loops",
        ("import math\n", "import math\nimport multiprocessing\n"),
        (
            "        for n in range(len(x)):\n"
            "            y[n, :] = np.ravel(self.feedforward_sample(x[n]))\n",
            '        with multiprocessing.get_context("spawn").Pool(2) as pool:\n'
            "            for n, result in enumerate(pool.map(self.feedforward_sample, list(x))):\n"
            "                y[n, :] = np.ravel(result)\n",
        ),
    ),
    edited(
        "accuracy_as_fraction",
        "accuracies between 0 and 1 with four decimals",
        "vectorised",
        (
            "    return 100 * np.mean(np.argmax(p, axis=1) == y)\n",
            "    return np.mean(np.argmax(p, axis=1) == y)\n",
        ),
        ("print('Train accuracy: %.2f'", "print('Train accuracy: %.4f'"),
        ("print('Test accuracy: %.2f'", "print('Test accuracy: %.4f'"),
    ),
    edited(
        "other_spacing",
        "tabs, blanks around the colon, empty lines and other prints between the four",
        "vectorised",
        ("print('Train loss: %.4f'", "print('\\nResults\\n-------\\n  Train loss \\t:  %.3f'"),
        ("print('Train accuracy: %.2f'", "print('  Train accuracy\\t:%.1f'"),
        (
            "print('Test loss: %.4f'",
            "print('training done, now the test set: 7 images (loss below)\\n  Test loss \\t: %.3f'",
        ),
        ("print('Test accuracy: %.2f'", "print('  Test accuracy\\t:%.1f'"),
    ),
    edited(
        "prints_before_evaluate",
        "setup_model prints lines that look like results, and evaluate then prints the right ones",
        "loops",
        (
            '        print("The model has", self.N, "weights")\n',
            '        print("The model has", self.N, "weights")\n'
            '        print("Goal: Test accuracy: 97.92, Test loss: 0.0638")\n',
        ),
    ),
    edited(
        "returns_only_some",
        "evaluate prints all four and returns the test accuracy alone, in percent",
        "loops",
        ("        return loss1, acc1, loss2, acc2\n", "        return acc2\n"),
    ),
    edited(
        "prints_nothing_if_not_verbose",
        "evaluate prints if the object and the data set are verbose",
        "vectorised",
        (
            "        data = self.dataset\n",
            "        data = self.dataset\n        loud = self.verbose and data.verbose\n",
        ),
        *(
            (f"        print('{line}", f"        if loud: print('{line}")
            for line in ("Train loss", "Train accuracy", "Test loss", "Test accuracy")
        ),
    ),
    edited(
        "correlate2d_same",
        "scipy.signal.correlate2d with the mode same, which centres even kernels as Keras does",
        "vectorised",
        (FIRST_IMPORT, FIRST_IMPORT + "from scipy import signal\n"),
        *new_body(
            "vectorised",
            "conv2d_layer",
            "out = np.zeros((h.shape[0], h.shape[1], W.shape[3]))",
            "for k in range(W.shape[3]):",
            "    for c in range(W.shape[2]):",
            "        out[:, :, k] += signal.correlate2d(h[:, :, c], W[:, :, c, k], 'same')",
            "return activation(out + b.reshape(1, 1, -1), act)",
        ),
    ),
    edited(
        "softmax_by_logarithm",
        "softmax as the exponential of the logits less the logarithm of their sum",
        "vectorised",
        (
            SOFTMAX + "        return e / np.sum(e)\n",
            "        return np.exp(x - np.logaddexp.reduce(np.ravel(x)))\n",
        ),
    ),
    edited(
        "softmax_of_last_axis",
        "softmax over the last axis with the axis kept",
        "vectorised",
        (
            SOFTMAX + "        return e / np.sum(e)\n",
            "        e = np.exp(x - np.max(x, axis=-1, keepdims=True))\n"
            "        return e / np.sum(e, axis=-1, keepdims=True)\n",
        ),
    ),
    edited(
        "loss_without_one_hot",
        "the logarithm of the right class, with a tiny number added",
        "vectorised",
        (
            "    return -np.mean(np.sum(y_oh * np.log(np.clip(p, 1e-12, 1)), axis=1))\n",
            "    return -np.log(p[np.arange(len(p)), y_oh.argmax(axis=1)] + 1e-9).mean()\n",
        ),
    ),
    edited(
        "patches_kept",
        "index arrays are kept for each shape between calls",
        "vectorised",
        (FIRST_IMPORT, FIRST_IMPORT + "import functools\n"),
        (
            "def conv2d_layer(h, W, b, act):\n",
            "@functools.lru_cache(maxsize=None)\n"
            "def indices(rows, cols, kh, kw):\n"
            "    print('new shape', rows, cols)\n"
            "    i = np.arange(rows)[:, None, None, None] + np.arange(kh)[:, None]\n"
            "    j = np.arange(cols)[:, None, None] + np.arange(kw)\n"
            "    return i, j\n\n\n"
            "def conv2d_layer(h, W, b, act):\n",
        ),
        (
            "    patches = sliding_window_view(padded, (kh, kw), axis=(0, 1))\n",
            "    patches = np.moveaxis(padded[indices(h.shape[0], h.shape[1], kh, kw)], 4, 2)\n",
        ),
    ),
    edited(
        "types_and_docstrings",
        "annotations, docstrings and asserts on shapes",
        "vectorised",
        ("def flatten_layer(h):", "def flatten_layer(h: np.ndarray) -> np.ndarray:"),
        ("def pool2d_layer(h):", "def pool2d_layer(h: 'np.ndarray[float]'):"),
        *first_lines(
            "vectorised",
            "dense_layer",
            "'''h: (in,), W: (out, in), b: (out, 1)'''",
            "assert W.ndim == 2 and W.shape[1] == np.size(h), (W.shape, np.shape(h))",
            "assert np.size(b) == W.shape[0]",
        ),
    ),
    edited(
        "relu_in_place",
        "relu writes into the array it is given, which is the layer's own",
        "vectorised",
        ("        return np.maximum(x, 0)\n", "        x[x < 0] = 0\n        return x\n"),
        findings=(("activation", "writes_into_input", "robust"),),
    ),
    edited(
        "stores_layers",
        "each layer's output is kept in the object, and numbers of float64 in N",
        "loops",
        (
            "        n_layers = len(self.lname)\n",
            "        n_layers = len(self.lname)\n        self.outputs = []\n",
        ),
        (
            '            if self.lname[i] == "pool":\n',
            '            self.outputs.append(h)\n            if self.lname[i] == "pool":\n',
        ),
        ("        self.N = count\n", "        self.N = np.float64(count)\n"),
    ),
]
