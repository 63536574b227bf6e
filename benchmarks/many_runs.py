"""How long do `cnnlab runs list` over 1,000 run folders and `cnnlab report` over 100 runs of 5 repeats take?

Run:     python benchmarks/many_runs.py            (a minute)

In turn with `python -c "import numpy"`; the ratios are to that. The folders hold invented results of 50 epochs a
repeat, with predictions, written by the code that writes those of the tests. Targets: 2 s and 5 s.
"""

import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from alternating import CNNLAB, ROOT, finish, options, ratio, table, time_commands

sys.path.insert(0, str(ROOT))
from tests.fake_runs import make_run

NAMES = ("mnist128-lab2025", "baseline", "lab2024")
NUMPY = 'python -c "import numpy"'
LIST, REPORT = "cnnlab runs list, 1,000 runs", "cnnlab report, 100 runs"


def write(directory, count):
    """Write `count` run folders of 5 repeats, of three configs in turn."""
    from cnnlab.runs.summary_files import write_summary

    for i in range(count):
        run = make_run(
            directory,
            accuracies=tuple(0.92 + 0.001 * ((7 * i + k) % 20) for k in range(5)),
            name=NAMES[i % len(NAMES)],
            epochs=50,
            now=datetime(2026, 1, 1) + timedelta(minutes=i),
        )
        write_summary(run.path)


def main():
    """Measure and print."""
    chosen = options(__doc__, rounds=5).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        thousand, hundred = Path(folder, "thousand"), Path(folder, "hundred")
        write(thousand, 1000)
        write(hundred, 100)
        commands = {
            NUMPY: [sys.executable, "-c", "import numpy"],
            LIST: [*CNNLAB, "runs", "list", "--runs-dir", str(thousand)],
            REPORT: [*CNNLAB, "report", *sorted(map(str, hundred.iterdir())), "--compare"],
        }
        rows = time_commands(commands, chosen.rounds)
    table(rows)
    finish({"list": ratio(rows, LIST, NUMPY), "report": ratio(rows, REPORT, NUMPY)})


if __name__ == "__main__":
    main()
