"""What befalls one repeat of a real training: the others are done, and the folder says what happened."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands import wait_for
from tests.conftest import TINY
from tests.training.disks import fill, mounted
from tests.warm import start_cnnlab

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("faults")]

UNSTABLE = '''
from cnnlab.blocks import block


@block
def unstable(x):
    """Divides by zero in repeats whose first random number is small."""
    import random

    return x / 0.0 if random.random() < 0.5 else x
'''


def finished(runs: Path) -> Path | None:
    """The run folder, once its first repeat is done."""
    for path in runs.glob("*/repeats/0/result.json"):
        return path.parents[2]
    return None


def test_a_disk_that_fills_up_in_the_second_repeat(tiny: Path, tmp_path: Path, cnnlab: Any) -> None:
    """The first is kept whole, the second says why; the report shows the first."""
    with mounted(tmp_path / "disk", "size=10m") as disk:
        longer = ("--set", "training.epochs=150", "--set", "training.validation_every=1000")
        process = start_cnnlab("train", "-c", tiny, "--jobs", "1", *longer, "--runs-dir", disk / "runs")
        folder = wait_for(lambda: finished(disk / "runs"))
        fill(disk)
        done = process.wait()
        assert done.code == 4, done.err
        assert "No space left on device" in done.err and "Traceback" not in done.err
        assert "1 of 2 repeats are finished and kept" in done.err
        assert isinstance(json.loads((folder / "status.json").read_text())["repeats"]["0"], dict)
        assert (folder / "repeats/0/model.keras").stat().st_size > 10_000
        assert not [path.name for path in folder.rglob(".*") if path.is_file()]
        again = cnnlab("report", folder, "--json")
        assert again.code == 0, again.err
        assert again.json["runs"][0]["metrics"]["test"]["accuracy"]["n"] == 1


def test_a_loss_that_is_no_number_in_one_repeat(tmp_path: Path, cnnlab: Any) -> None:
    """Repeat by repeat: those that go well are done, those that do not name epoch and step; exit 4."""
    (tmp_path / "mine.py").write_text(UNSTABLE)
    (tmp_path / "tiny.yaml").write_text(
        TINY.replace("repeats: 2", "repeats: 4\nextensions: [mine.py]").replace(
            "  - flatten", "  - unstable\n  - flatten"
        )
    )
    done = cnnlab("train", "-c", tmp_path / "tiny.yaml", "--runs-dir", tmp_path / "runs", "--json")
    assert done.code == 4, done.err
    status = json.loads((Path(done.json["run"]) / "status.json").read_text())
    assert status["status"] == "partial"
    states = {k: entry["status"] for k, entry in status["repeats"].items()}
    assert set(states.values()) == {"done", "failed"}
    errors = [entry["error"] for entry in status["repeats"].values() if entry["status"] == "failed"]
    assert all("the loss became" in error and "epoch 1, step 1" in error for error in errors)
    assert done.json["summary"]["metrics"]["test"]["accuracy"]["n"] == list(states.values()).count("done")
