"""The folder of a comparison of backends as `cnnlab compare` makes it, in milliseconds and without Keras."""

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.runs.comparison_folder import ComparisonFolder, ComparisonRecord
from cnnlab.runs.inputs_log import InputsLog
from tests.fake_runs import make_run

EPOCHS = 4
FIGURES = {
    "loss": 2.3,
    "weights_sha256": "a" * 64,
    "batch_crc32": "0000000a",
    "images": 2,
    "seconds": {"framework": 5.0, "first_step": 1.5},
}


def make_comparison(path: Path, accuracies: dict[str, tuple[float, ...]]) -> ComparisonFolder:
    """Make a folder with one run for each backend, all of the same inputs."""
    folder = ComparisonFolder(path)
    folder.begin(ComparisonRecord(identity="1", name="made up"))
    for hour, (backend, values) in enumerate(accuracies.items()):
        training = {"epochs": EPOCHS, "backend": backend}
        now = datetime(2026, 11, 1, hour)
        run = make_run(folder.runs_path, values, epochs=EPOCHS, settings={"training": training}, now=now)
        for k in range(len(values)):
            write_inputs(run.repeat(k).inputs_path, [17, 4, 5, 6])
        folder.write_first_step(backend, FIGURES, arrays())
    return folder


def write_inputs(path: Path, hashes: list[int]) -> None:
    log = InputsLog(path)
    for epoch, crc in enumerate(hashes, start=1):
        log.append(epoch, crc)


def arrays(**changes: Any) -> dict[str, np.ndarray]:
    """The arrays of a first step."""
    kernel = np.array([[0.5, -2.0], [1.0, 0.0]], np.float32)
    return {"probabilities": np.full((2, 10), 0.1, np.float32), "conv/kernel": kernel, **changes}
