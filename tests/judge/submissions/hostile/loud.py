"""Files that are right, or have one known mistake, and disturb everything around them."""

from ..contract import CHECKS
from ..editing import first_lines
from .submission import FAILS, FIRST_IMPORT, PASSES, Hostile, at_import, changed

STYLE = "vectorised"
FIRST_EVALUATE_PRINT = "        print('Train loss: %.4f' % train_loss)\n"
PRINTS = """\
        print('Train loss: %.4f' % train_loss)
        print('Train accuracy: %.2f' % train_accuracy)
        print('Test loss: %.4f' % test_loss)
        print('Test accuracy: %.2f' % test_accuracy)
"""


def right(name, description, content, harmless=False, companions=()):
    """A submission that passes all required checks."""
    return Hostile(
        name, description, content, PASSES, passing=CHECKS, harmless=harmless, companions=companions
    )


def right_at_import(name, description, *lines, harmless=False):
    """A right submission that does something when it is run."""
    return right(name, description, at_import(*lines), harmless)


def right_in(name, function, description, *lines, imports=(), harmless=False):
    """A right submission whose function does something besides."""
    content = changed(
        *first_lines(STYLE, function, *lines), (FIRST_IMPORT, "\n".join((*imports, FIRST_IMPORT)))
    )
    return right(name, description, content, harmless)


SUBMISSIONS = [
    right_in(
        "prints_megabytes", "conv2d_layer", "a megabyte of prints in each convolution", "print('x' * 10 ** 6)"
    ),
    right_in(
        "prints_megabytes_in_evaluate",
        "evaluate",
        "the four lines come after four megabytes, in 100,000 lines",
        "for i in range(100000):",
        "    print('image', i, 'of many, loss so far', 1 / (i + 1))",
    ),
    right_in(
        "prints_to_errors",
        "pool2d_layer",
        "a megabyte to standard error each time",
        "sys.stderr.write('y' * 10 ** 6)",
        imports=("import sys",),
    ),
    right_in(
        "writes_to_descriptors",
        "flatten_layer",
        "text that looks like a verdict, past Python's streams",
        'os.write(1, b\'{"findings": [], "status": "pass"}\\n\')',
        'os.write(2, b\'{"findings": [], "status": "pass"}\\n\')',
        imports=("import os",),
    ),
    right_in(
        "closes_descriptors",
        "pool2d_layer",
        "closes standard input and standard error",
        "os.closerange(0, 1)",
        "os.closerange(2, 3)",
        imports=("import os",),
    ),
    right_at_import(
        "replaces_standard_output",
        "sys.stdout is an object of the file's own, which passes on what it gets",
        "import sys",
        "class Shout:",
        "    def __init__(self, stream): self.stream = stream",
        "    def write(self, text): return self.stream.write(text)",
        "    def flush(self): self.stream.flush()",
        "sys.stdout = Shout(sys.stdout)",
    ),
    right_at_import(
        "changes_seed",
        "sets NumPy's seed and Python's at import",
        "import random",
        "np.random.seed(0)",
        "random.seed(0)",
        harmless=True,
    ),
    right_in(
        "changes_seed_in_function",
        "activation",
        "sets NumPy's seed each time",
        "np.random.seed(1)",
        harmless=True,
    ),
    right_at_import(
        "changes_warnings",
        "warnings are errors, and so are overflow and division by zero",
        "import warnings",
        "warnings.simplefilter('error')",
        "np.seterr(divide='raise', invalid='raise')",
    ),
    right_in(
        "warns",
        "flatten_layer",
        "a warning at each call",
        "warnings.warn('flatten is slow', FutureWarning)",
        imports=("import warnings",),
        harmless=True,
    ),
    right_in(
        "plots",
        "evaluate",
        "figures, and plt.show, which waits where there is a screen",
        "for i in range(30):",
        "    plt.figure()",
        "    plt.plot([1, 2, 3])",
        "plt.show()",
        imports=("import matplotlib.pyplot as plt",),
    ),
    right_at_import(
        "chooses_a_backend",
        "asks for a backend with windows and shows a figure at import",
        "import matplotlib",
        "try:",
        "    matplotlib.use('TkAgg')",
        "except ImportError:",
        "    pass",
        "import matplotlib.pyplot as plt",
        "plt.ion()",
    ),
    right_at_import(
        "writes_files",
        "files in the current folder and beside cnn.py, which must not be there afterwards",
        "import os",
        "open('left_behind.txt', 'w').write('here I was')",
        "np.save('left_behind.npy', np.zeros(3))",
        "os.makedirs('left_behind', exist_ok=True)",
    ),
    right_at_import("changes_folder", "changes the current folder", "import os", "os.chdir('/')"),
    right_at_import(
        "changes_environment",
        "no environment variables, other print options, other arguments",
        "import os, sys",
        "os.environ.clear()",
        "np.set_printoptions(precision=1, threshold=2)",
        "sys.setrecursionlimit(100000)",
        "sys.dont_write_bytecode = False",
        "sys.argv = ['cnn.py', '--epochs', '10']",
    ),
    right_in(
        "leaves_a_thread",
        "evaluate",
        "a thread that runs on and is no daemon",
        "threading.Thread(target=lambda: [time.sleep(1) for _ in range(10000)]).start()",
        imports=("import threading", "import time"),
    ),
    right_in(
        "leaves_a_process",
        "evaluate",
        "a process that runs on and holds the streams open; it must be gone afterwards",
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3600)'])",
        imports=("import subprocess", "import sys"),
    ),
    right_at_import(
        "runs_something_at_exit",
        "a function that runs when the process ends and takes long",
        "import atexit, time",
        "atexit.register(lambda: time.sleep(3600))",
    ),
    right_at_import(
        "ignores_termination",
        "SIGTERM, SIGINT and SIGALRM are ignored, and there is nothing to end",
        "import signal",
        "for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):",
        "    signal.signal(number, signal.SIG_IGN)",
    ),
    right(
        "lines_in_another_order",
        "the test set's lines come first",
        changed((PRINTS, "".join(reversed(PRINTS.splitlines(keepends=True))))),
        harmless=True,
    ),
    right(
        "percent_signs",
        "accuracies with a percent sign, with and without a blank",
        changed(
            (
                "print('Train accuracy: %.2f' % train_accuracy)",
                "print('Train accuracy: %.2f %%' % train_accuracy)",
            ),
            (
                "print('Test accuracy: %.2f' % test_accuracy)",
                "print('Test accuracy: %.2f%%' % test_accuracy)",
            ),
        ),
        harmless=True,
    ),
    right(
        "prints_results_twice",
        "the four lines are printed twice, with the same numbers",
        changed((PRINTS, PRINTS + PRINTS)),
        harmless=True,
    ),
    right(
        "name_of_the_module_inside",
        "a variable called cnn, and the module looks itself up by its name",
        changed(("class CNN:", "cnn = 'my network'\n\n\nclass CNN:"))
        + "\nif __name__ != '__main__':\n    import sys\n    me = sys.modules.get(__name__)\n",
        harmless=True,
    ),
    right(
        "imports_itself",
        "a star import from cnn at the end of cnn.py",
        changed() + "\n\nfrom cnn import *\n",
    ),
    right(
        "names_of_builtins",
        "sum, max, list, input, time and signal are the file's own variables",
        at_import("list = input = type = id = None", "max = 3", "time = signal = json = 0"),
        harmless=True,
    ),
    right(
        "guarded_main",
        "everything under the main guard would fail",
        changed() + "\n\nif __name__ == '__main__':\n    CNN(None).evaluate()\n    raise SystemExit(1)\n",
        harmless=True,
    ),
    right(
        "neighbours_hide_modules",
        "files beside it that have the names of other modules, and raise when they are imported",
        changed(),
        companions=tuple(
            (name, "raise RuntimeError('this is not the module you want')\n")
            for name in ("json.py", "csv.py", "typer.py", "cnnlab.py", "tests.py", "sitecustomize.py")
        ),
    ),
    Hostile(
        "hides_its_mistake_from_comparisons",
        "a true convolution in a file that makes NumPy's comparisons say yes",
        at_import(
            "np.allclose = np.array_equal = lambda *a, **k: True",
            "np.isclose = lambda a, b, *r, **k: np.ones(np.shape(a), bool)",
            "np.testing.assert_allclose = lambda *a, **k: None",
        ).replace("np.tensordot(patches, W, ", "np.tensordot(patches, W[::-1, ::-1], "),
        FAILS,
        findings=(("conv2d_layer", "kernel_not_turned"),),
        passing=("activation", "pool2d_layer", "flatten_layer", "dense_layer", "setup_model"),
    ),
    Hostile(
        "changes_seed_and_is_wrong",
        "a mean in place of the maximum, in a file that sets the seed everywhere",
        changed(
            *first_lines(STYLE, "flatten_layer", "np.random.seed(0)"),
            (
                "    return blocks.max(axis=(1, 3))\n",
                "    np.random.seed(0)\n    return blocks.mean(axis=(1, 3))\n",
            ),
        ),
        FAILS,
        findings=(("pool2d_layer", "pool_is_mean"),),
        passing=("activation", "conv2d_layer", "flatten_layer", "dense_layer", "setup_model"),
        harmless=True,
    ),
    Hostile(
        "random_results",
        "dense_layer adds random noise, so that two calls differ",
        changed(*first_lines(STYLE, "dense_layer", "h = h + np.random.normal(size=h.shape)")),
        FAILS,
        findings=(("dense_layer", "not_repeatable"),),
        passing=("activation", "conv2d_layer", "pool2d_layer", "flatten_layer", "setup_model"),
        harmless=True,
    ),
]
