"""What does an epoch in cnnlab cost beyond its training: recording, checkpoints, progress, the way from step to step?

Run:     python benchmarks/overhead.py            (some minutes)

350 short epochs: mnist128 of 2025 without its validation. In turn, `cnnlab train` runs once with 350 epochs and once
with 10; the difference of the training times that it records (result.json) is the cost of 340 epochs with all that
belongs to them, since building and compiling the network take the same in both. The other side trains the same
network on the same batches in the same compiled loop, with nothing between the steps: no figures, no rows, no
checkpoint, no question whether to stop. Target: under 5 %.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from alternating import CNNLAB, ROOT, alternate, finish, measure, options, ratio, table

CONFIG = ROOT / "configs" / "mnist128" / "lab2025.yaml"
FEW = 10
CHANGES = ["data.dataset=mnist10k", "training.validation_every=1000", "repeats=1", "training.threads=1"]


def bare(epochs):
    """Train without a runner, and print the milliseconds of an epoch after the first `FEW`."""
    sys.path.insert(0, str(ROOT))
    from cnnlab.config.load import Options, load_config
    from cnnlab.runs.folder import RepeatFolder
    from cnnlab.training.fitting import Fitting
    from cnnlab.training.framework import configure
    from cnnlab.training.prepare import load_data
    from cnnlab.training.repeat import train_one

    def run(fitting):
        """Stand in for `Fitting.run`: the same compiled loop, from end to end without a return to Python."""
        batches = iter(fitting.batches())
        fitting.train_loop(batches, FEW * fitting.steps)
        start = time.perf_counter()
        fitting.train_loop(batches, (epochs - FEW) * fitting.steps)
        print("MILLISECONDS", (time.perf_counter() - start) / (epochs - FEW) * 1000)
        sys.exit()

    config = load_config(CONFIG, Options(overrides=(*CHANGES, f"training.epochs={epochs}")))
    configure(
        threads=1,
        device=config.training.device,
        precision=config.training.precision,
        deterministic=config.training.deterministic,
    )
    Fitting.run = run
    with tempfile.TemporaryDirectory() as folder:
        train_one(config, 0, RepeatFolder(Path(folder), 0).make(), load_data(config, None))


def main():
    """Measure and print."""
    parser = options(__doc__, rounds=3)
    parser.add_argument("--epochs", type=int, default=350)
    parser.add_argument("--bare", action="store_true", help="be the other side")
    chosen = parser.parse_args()
    if chosen.bare:
        bare(chosen.epochs)
        return
    changes = [word for change in CHANGES for word in ("--set", change)]
    train = [*CNNLAB, "train", "-q", "--config", str(CONFIG), *changes]

    def cnnlab():
        seconds = []
        for epochs in (chosen.epochs, FEW):
            with tempfile.TemporaryDirectory() as runs:
                command = [*train, "--set", f"training.epochs={epochs}", "--runs-dir", runs]
                measure(command)
                (result,) = Path(runs).glob("*/repeats/0/result.json")
                seconds.append(json.loads(result.read_text())["seconds"]["training"])
        return (seconds[0] - seconds[1]) / (chosen.epochs - FEW) * 1000

    other = [sys.executable, __file__, "--bare", "--epochs", str(chosen.epochs)]
    rows = alternate({"bare": lambda: measure(other).value("MILLISECONDS"), "cnnlab": cnnlab}, chosen.rounds)
    table(rows, unit="ms")
    finish({"epoch": ratio(rows, "cnnlab", "bare")})


if __name__ == "__main__":
    main()
