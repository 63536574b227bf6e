"""Files that do not come to an end, or end the process."""

from ..contract import CHECKS
from ..editing import first_lines
from .submission import CANNOT_BE_JUDGED, FAILS, Hostile, at_import, changed

STYLE = "vectorised"


def in_function(name, function, identifier, description, *lines, imports=(), passing=()):
    """A reference whose function begins with these lines."""
    content = changed(
        *first_lines(STYLE, function, *lines),
        ("import numpy as np\n", "\n".join((*imports, "import numpy as np\n"))),
    )
    return Hostile(name, description, content, FAILS, ((function, identifier),), passing)


def outside(name, identifier, description, *lines):
    """A reference with these lines outside all functions: it cannot be judged."""
    return Hostile(name, description, at_import(*lines), CANNOT_BE_JUDGED, (("file", identifier),))


ALL_BUT_POOL = ("activation", "conv2d_layer", "flatten_layer", "dense_layer", "setup_model")
ALL_BUT_CONV = ("activation", "pool2d_layer", "flatten_layer", "dense_layer", "setup_model")
ALL_BUT_FLATTEN = ("activation", "conv2d_layer", "pool2d_layer", "dense_layer", "setup_model")
ALL_BUT_EVALUATE = CHECKS[:8]

SUBMISSIONS = [
    in_function(
        "endless_loop",
        "pool2d_layer",
        "time_limit",
        "one function never returns",
        "while True:",
        "    pass",
        passing=ALL_BUT_POOL,
    ),
    in_function(
        "endless_loop_that_catches_everything",
        "pool2d_layer",
        "time_limit",
        "the loop catches what should interrupt it",
        "while True:",
        "    try:",
        "        while True:",
        "            pass",
        "    except BaseException:",
        "        pass",
        passing=ALL_BUT_POOL,
    ),
    in_function(
        "endless_sleep_without_signals",
        "flatten_layer",
        "time_limit",
        "all signals that can be blocked are blocked before a very long sleep",
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))",
        "time.sleep(100000)",
        imports=("import signal", "import time"),
        passing=ALL_BUT_FLATTEN,
    ),
    in_function(
        "waits_for_a_child",
        "evaluate",
        "time_limit",
        "evaluate waits for a process that does not end, which must be gone after the judgement",
        "subprocess.run([sys.executable, '-c', 'import time; time.sleep(3600)'])",
        imports=("import subprocess", "import sys"),
        passing=ALL_BUT_EVALUATE,
    ),
    in_function(
        "endless_loop_that_prints",
        "evaluate",
        "time_limit",
        "evaluate prints for ever",
        "while True:",
        "    print('still computing ...')",
        passing=ALL_BUT_EVALUATE,
    ),
    in_function(
        "huge_allocation",
        "conv2d_layer",
        "memory_limit",
        "an array of eight terabytes",
        "everything = np.ones(10 ** 12)",
        passing=ALL_BUT_CONV,
    ),
    in_function(
        "exits_in_function",
        "flatten_layer",
        "exits",
        "sys.exit inside a function",
        "sys.exit('flatten is not finished')",
        imports=("import sys",),
        passing=ALL_BUT_FLATTEN,
    ),
    in_function(
        "exits_with_zero",
        "flatten_layer",
        "exits",
        "sys.exit(0) inside a function looks like success",
        "sys.exit(0)",
        imports=("import sys",),
        passing=ALL_BUT_FLATTEN,
    ),
    in_function(
        "interrupts_itself",
        "flatten_layer",
        "raises_exception",
        "KeyboardInterrupt raised inside a function",
        "raise KeyboardInterrupt",
        passing=ALL_BUT_FLATTEN,
    ),
    in_function(
        "dies_with_zero",
        "flatten_layer",
        "process_died",
        "the process ends at once, with the code of success",
        "os._exit(0)",
        imports=("import os",),
        passing=ALL_BUT_FLATTEN,
    ),
    in_function(
        "dies_of_a_bad_address",
        "flatten_layer",
        "process_died",
        "the process reads the address zero",
        "ctypes.string_at(0)",
        imports=("import ctypes",),
        passing=ALL_BUT_FLATTEN,
    ),
    in_function(
        "asks_the_user",
        "flatten_layer",
        "reads_input",
        "input() inside a function, with nobody there to answer",
        "input('row-major (r) or column-major (c)? ')",
        passing=ALL_BUT_FLATTEN,
    ),
    outside(
        "endless_loop_at_import",
        "time_limit",
        "the file never ends when it is run",
        "while True:",
        "    pass",
    ),
    outside("exits_at_import", "exits", "sys.exit outside all functions", "import sys", "sys.exit(0)"),
    outside("dies_at_import", "process_died", "os._exit outside all functions", "import os", "os._exit(0)"),
    outside("asks_at_import", "reads_input", "input() outside all functions", "name = input('Your name: ')"),
    outside("huge_allocation_at_import", "memory_limit", "eight terabytes", "cache = np.ones(10 ** 12)"),
]
