"""Eight trainings started at once into one directory, while reports and lists are printed of them."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import environment

pytestmark = [pytest.mark.keras, pytest.mark.slow, pytest.mark.xdist_group("faults")]

STARTS = 8


def test_eight_trainings_at_once_and_readers_beside_them(tiny: Path, tmp_path: Path, cnnlab: Any) -> None:
    """All end well, in folders of their own, with the same results; no reader meets an error or half a file."""
    command = ["train", "-c", tiny, "--only-repeat", "0", "--runs-dir", tmp_path / "runs", "--quiet"]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "cnnlab", *map(str, command)],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(STARTS)
    ]
    reads = 0
    while any(process.poll() is None for process in processes):
        for arguments in (["runs", "list", "--json"], ["report", "*", "--json"]):
            done = cnnlab(*arguments, "--runs-dir", tmp_path / "runs")
            assert "Traceback" not in done.err and "damaged" not in done.out, done
            assert done.code == 0 or "no run" in done.err.lower(), done.err
        reads += 1
        time.sleep(0.5)
    errors = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * STARTS, errors
    folders = list((tmp_path / "runs").iterdir())
    assert len(folders) == STARTS and reads >= 3
    results = [json.loads((folder / "repeats/0/result.json").read_text())["metrics"] for folder in folders]
    assert all(result == results[0] for result in results)
    assert not [path for folder in folders for path in folder.rglob(".*")]
