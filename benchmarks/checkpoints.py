"""What does writing checkpoints cost?

Run:     python benchmarks/checkpoints.py [CONFIG ...]     (under a minute each; default: two shipped configs)

Each config is trained for some seconds on the data that come along. Reported are the size of a checkpoint, the median
time of writing one (flushed to the disk, as in training) over 20, the median time of an epoch, the share of the time
that goes into checkpoints with the default `training.checkpoint_every`, and with one after every single epoch.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from cnnlab.config.load import Options, load_config
from cnnlab.runs.folder import RepeatFolder

CONFIGS = ("configs/mnist128/lab2025.yaml", "configs/mnist128/lab2024.yaml")
TIMES = 20
SECONDS = 20.0


def measure(path: Path) -> dict[str, float]:
    """Size and times for one config."""
    from cnnlab.training.fitting import Fitting, Hooks
    from cnnlab.training.prepare import load_data
    from cnnlab.training.repeat import train_one
    from cnnlab.training.rules import Stopped

    config = load_config(path, Options(bundled=True))
    training = config.training.model_copy(update={"threads": 1})
    config = config.model_copy(update={"training": training})
    data = load_data(config, None)
    seconds: list[float] = []
    sizes: list[int] = []
    rows: list[float] = []
    save = Fitting.save

    def timed(fitting: Any) -> None:
        for _ in range(TIMES):
            started = time.perf_counter()
            save(fitting)
            seconds.append(time.perf_counter() - started)
        newest = max(fitting.checkpoints.path.glob("*.npz"), key=lambda p: int(p.stem))
        sizes.append(newest.stat().st_size)

    begun = time.perf_counter()

    def stop() -> None:
        if time.perf_counter() - begun > SECONDS and len(rows) > 2:
            raise Stopped

    Fitting.save = timed  # type: ignore[method-assign]
    try:
        with tempfile.TemporaryDirectory() as place:
            folder = RepeatFolder(Path(place) / "0", 0).make()
            hooks = Hooks(report=lambda row: rows.append(row["seconds"]), check=stop)
            train_one(config, 0, folder, data, hooks=hooks)
    except Stopped:
        pass
    finally:
        Fitting.save = save  # type: ignore[method-assign]
    write, every = statistics.median(seconds), config.training.checkpoint_every.seconds
    return {
        "megabytes": sizes[0] / 1e6,
        "write": write,
        "epoch": statistics.median(rows[1:]),
        "share": write / max(every, write * 50),
    }


def main() -> None:
    """Measure and print."""
    from cnnlab.training.framework import configure

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("configs", nargs="*", type=Path, default=[Path(name) for name in CONFIGS])
    configure(threads=1, device="cpu", precision="float32", deterministic=False)
    for path in parser.parse_args().configs:
        found = measure(path)
        print(
            f"{path}: {found['megabytes']:.1f} MB, written in {1000 * found['write']:.0f} ms; an epoch takes "
            f"{found['epoch']:.2f} s; by default {100 * found['share']:.3f} % of the time goes into checkpoints "
            f"(after every epoch it would be {100 * found['write'] / found['epoch']:.1f} %)",
            flush=True,
        )


if __name__ == "__main__":
    main()
