"""How long does `cnnlab report` over a sweep of 200 cells by 5 repeats take?

Run:     python benchmarks/sweep_report.py            (two minutes, most of it to make the folders)

In turn with `python -c "import numpy"`; the ratio is to that. The folders hold invented results, written by the code
that writes those of the tests. Target: 10 s, in the terminal and with all files.
"""

import math
import sys
import tempfile
from pathlib import Path

from alternating import CNNLAB, ROOT, finish, options, ratio, table, time_commands

sys.path.insert(0, str(ROOT))
from tests.fake_sweeps import RATE, make_sweep

DROPOUT = "model.3.dense_block.dropout"
NUMPY = 'python -c "import numpy"'
SHOWN, WRITTEN = "cnnlab report SWEEP, 200 cells by 5", "the same with --output, all formats"


def accuracy(values):
    """A hill over learning rate and dropout."""
    return 0.9 - 0.02 * abs(math.log10(values[RATE]) + 2.5) - 0.1 * (values[DROPOUT] - 0.2) ** 2


def main():
    """Measure and print."""
    chosen = options(__doc__, rounds=5).parse_args()
    grid = {RATE: [10 ** (-4 + 0.15 * n) for n in range(20)], DROPOUT: [0.05 * n for n in range(10)]}
    with tempfile.TemporaryDirectory() as folder:
        sweep = make_sweep(Path(folder, "runs"), grid, accuracy, repeats=5)
        report = [*CNNLAB, "report", str(sweep)]
        commands = {
            NUMPY: [sys.executable, "-c", "import numpy"],
            SHOWN: report,
            WRITTEN: [*report, "--output", str(Path(folder, "report"))],
        }
        rows = time_commands(commands, chosen.rounds)
    table(rows)
    finish({"report": ratio(rows, SHOWN, NUMPY), "report_files": ratio(rows, WRITTEN, NUMPY)})


if __name__ == "__main__":
    main()
