"""A million images go through in bounded memory."""

import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.conftest import environment
from tests.datasets.pcam_files import images
from tests.predict.conftest import LabRun

MILLION, BLOCK, SIDE = 1_000_000, 20_000, 32


def write_repeated(path: Path, count: int) -> Path:
    """`count` images of 32x32, the same 20,000 over and over, as plain bytes."""
    block = images(BLOCK, SIDE)
    with h5py.File(path, "w") as file:
        x = file.create_dataset("x", (count, SIDE, SIDE, 3), np.uint8)
        for start in range(0, count, BLOCK):
            x[start : start + BLOCK] = block[: count - start]
    return path


def peak_of(*arguments: object) -> int:
    """Run the command and return the largest resident memory of its process, in bytes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cnnlab", *map(str, arguments)], env=environment(), stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss * 1024


@pytest.mark.keras
@pytest.mark.slow
def test_a_million_images_take_no_more_memory_than_a_few_thousand(lab_run: LabRun, tmp_path: Path):
    peaks = []
    for count in (2_000, MILLION):
        path = write_repeated(tmp_path / f"{count}.h5", count)
        options = ("--repeat", "0", "--tta", "none", "--output", tmp_path / f"{count}.csv")
        peaks.append(peak_of("predict", lab_run.path, "--input", path, *options))
        path.unlink()
    print(f"peaks: {peaks[0] / 1e6:.0f} and {peaks[1] / 1e6:.0f} MB")
    assert peaks[1] - peaks[0] < 250e6  # the file has 3,072 MB
    lines = (tmp_path / f"{MILLION}.csv").read_text().splitlines()
    assert len(lines) == MILLION + 1 and lines[-1].startswith(f"{MILLION - 1},")
    classes = [line.partition(",")[2] for line in lines[1:]]
    assert classes[:2000] == [
        line.partition(",")[2] for line in (tmp_path / "2000.csv").read_text().splitlines()[1:]
    ]
    assert classes[BLOCK : 2 * BLOCK] == classes[-BLOCK:] == classes[:BLOCK]
