"""How long do `cnnlab --help` and `cnnlab report` in the terminal take?

Run:     python benchmarks/startup.py            (half a minute)

In turn with `python -c pass` and `python -c "import numpy"`; the ratios are to the second. The run that is reported is
trained first, for two epochs on the bundled digits. Targets: 0.3 s and 1.5 s.
"""

import sys
import tempfile
from pathlib import Path

from alternating import CNNLAB, ROOT, finish, measure, options, ratio, table, time_commands

NUMPY = 'python -c "import numpy"'


def main():
    """Measure and print."""
    parser = options(__doc__, rounds=10)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        quickstart = str(ROOT / "configs" / "quickstart.yaml")
        measure([*CNNLAB, "train", "-q", "--smoke", "--config", quickstart, "--runs-dir", folder])
        (run,) = (path for path in Path(folder).iterdir() if path.is_dir())
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            NUMPY: [sys.executable, "-c", "import numpy"],
            "cnnlab --help": [*CNNLAB, "--help"],
            "cnnlab report": [*CNNLAB, "report", str(run)],
        }
        rows = time_commands(commands, chosen.rounds)
    table(rows)
    finish(
        {
            "help": ratio(rows, "cnnlab --help", NUMPY),
            "report": ratio(rows, "cnnlab report", NUMPY),
        }
    )


if __name__ == "__main__":
    main()
