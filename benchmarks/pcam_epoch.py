"""Is one epoch of the residual network on 10,000 patches slower in cnnlab than in a bare `model.fit`?

Run:     python benchmarks/pcam_epoch.py            (some minutes)

Both sides train configs/pcam/lab2025_resnet.yaml on the same 10,000 random 32x32 patches, held in memory, in turn.
The time is that of the last of two epochs, so that compiling the network counts for neither; cnnlab's is the one in
its metrics.csv, in which writing the epoch down is contained, and validating 100 patches.
"""

import csv
import sys
import tempfile
from pathlib import Path

import numpy as np
from alternating import CNNLAB, ROOT, alternate, finish, measure, options, ratio, table


def write(path, count):
    """Random patches as an .npz file."""
    rng = np.random.default_rng(0)
    sizes = {"train": count, "valid": 100, "test": 100}
    images = {f"x_{part}": rng.integers(0, 256, (n, 32, 32, 3), np.uint8) for part, n in sizes.items()}
    np.savez(path, **images, **{f"y_{part}": np.arange(n) % 2 for part, n in sizes.items()})


def main():
    """Measure and print."""
    parser = options(__doc__, rounds=3)
    parser.add_argument("--patches", type=int, default=10_000)
    parser.add_argument("--epochs", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "patches.npz"
        write(path, chosen.patches)
        baseline = [sys.executable, str(ROOT / "benchmarks" / "baselines" / "pcam_resnet.py"), str(path)]
        config = str(ROOT / "configs" / "pcam" / "lab2025_resnet.yaml")
        changes = ["data.dataset=npz", f"data.path={path}", f"training.epochs={chosen.epochs}"]
        train = [
            *CNNLAB,
            "train",
            "-q",
            "--config",
            config,
            *(word for c in changes for word in ("--set", c)),
        ]

        def cnnlab():
            with tempfile.TemporaryDirectory() as runs:
                measure([*train, "--runs-dir", runs])
                (path,) = Path(runs).glob("*/repeats/0/metrics.csv")
                with path.open() as file:
                    return float(list(csv.DictReader(file))[-1]["seconds"])

        rows = alternate(
            {
                "bare fit": lambda: measure([*baseline, str(chosen.epochs)]).value("SECONDS"),
                "cnnlab": cnnlab,
            },
            chosen.rounds,
        )
    print(f"residual network, one epoch of {chosen.patches:,} patches")
    table(rows)
    print(f"  ratio {ratio(rows, 'bare fit', 'cnnlab'):.2f}")
    finish({"epoch": ratio(rows, "bare fit", "cnnlab")})


if __name__ == "__main__":
    main()
