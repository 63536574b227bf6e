"""Killed workers, Ctrl-C, losses that explode, two starts in one second: nothing finished is lost."""

import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from tests.commands import gone, wait_for
from tests.warm import Started, start_cnnlab

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("faults")]

MINE = """\
name: mine
data: {dataset: npz, path: mine.npz, validation_fraction: 0.0}
augment: [{random_hue: {factor: 0.1}}]
model: [flatten, classifier]
training: {epochs: 1, restore_best: val_loss}
"""
LONG = ("--set", "training.epochs=100000", "--set", "training.validation_every=1000")


def training_folder(runs: Path, repeat: int) -> Path | None:
    """The run folder, once `repeat` has recorded a few epochs."""
    for path in runs.glob(f"*/repeats/{repeat}/metrics.csv"):
        if path.read_text().count("\n") > 3:
            return path.parents[2]
    return None


def workers(process: Started) -> list[psutil.Process]:
    """The processes that train: those with the heaviest use of the CPU below the command."""
    children = [p for p in psutil.Process(process.pid).children(recursive=True) if p.is_running()]
    return [p for p in children if not p.children() and p.num_threads() > 1]


def test_a_killed_worker_costs_its_own_repeat_alone(tiny: Path, tmp_path: Path) -> None:
    """SIGKILL to the worker of repeat 0: repeat 1 still runs and ends, exit 4, and the reason stands in the status."""
    epochs = ("--set", "training.epochs=150", "--set", "training.validation_every=1000")
    process = start_cnnlab("train", "-c", tiny, *epochs, "--jobs", "1", "--runs-dir", tmp_path / "runs")
    folder = wait_for(lambda: training_folder(tmp_path / "runs", 0))
    for worker in workers(process):
        worker.kill()
    done = process.wait()
    assert done.code == 4, done.err
    status = json.loads((folder / "status.json").read_text())
    assert status["status"] == "partial"
    assert status["repeats"]["1"]["status"] == "done"
    error = status["repeats"]["0"]["error"]
    assert re.search(
        r"SIGKILL \(perhaps for lack of memory: it had taken [0-9.]+ GB of [0-9.]+ GB; try", error
    )
    assert float(error.split("taken ")[1].split()[0]) > 0.2  # Keras alone takes more
    assert "repeat 0" in done.err
    assert json.loads((folder / "summary.json").read_text())["metrics"]["test"]["accuracy"]["n"] == 1


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_cleanly(tiny: Path, tmp_path: Path, signal_number: signal.Signals) -> None:
    """Ctrl-C to the whole group, or SIGTERM to the command: exit 130 in seconds, and no process stays."""
    process = start_cnnlab("train", "-c", tiny, *LONG, "--runs-dir", tmp_path / "runs")
    folder = wait_for(lambda: training_folder(tmp_path / "runs", 0))
    family = psutil.Process(process.pid).children(recursive=True)
    if signal_number == signal.SIGINT:
        os.killpg(process.pid, signal_number)
    else:
        process.send(signal_number)
    done = process.wait(timeout=60)
    assert done.code == 130, done.err
    status = json.loads((folder / "status.json").read_text())
    assert status["status"] == "interrupted"
    assert {entry["status"] for entry in status["repeats"].values()} == {"interrupted"}
    wait_for(lambda: gone(family), 10)
    for k in ("0", "1"):
        assert list((folder / "repeats" / k / "checkpoint").glob("*.json")), "its state was not saved"


def test_workers_do_not_outlive_a_killed_command(tiny: Path, tmp_path: Path) -> None:
    """SIGKILL to the command alone: its workers notice and end."""
    process = start_cnnlab("train", "-c", tiny, *LONG, "--runs-dir", tmp_path / "runs")
    folder = wait_for(lambda: training_folder(tmp_path / "runs", 0))
    family = psutil.Process(process.pid).children(recursive=True)
    process.send(signal.SIGKILL)
    process.wait(timeout=60)
    wait_for(lambda: gone(family), 20)
    assert list((folder / "repeats/0/checkpoint").glob("*.json")), "its state was not saved"


def test_a_loss_that_explodes_stops_the_repeat_with_its_place(
    tiny: Path, tmp_path: Path, cnnlab: Any
) -> None:
    """Epoch, step and value are named; exit 4; the folder says failed."""
    explode = ("--set", "training.optimizer={name: sgd, learning_rate: 1.0e+30}")
    done = cnnlab("train", "-c", tiny, *explode, "--only-repeat", "0", "--runs-dir", tmp_path, "--json")
    assert done.code == 4
    assert "epoch 1, step" in done.err
    assert "nan" in done.err or "inf" in done.err
    status = json.loads((Path(done.json["run"]) / "status.json").read_text())
    assert status["status"] == "failed"


def test_two_starts_in_the_same_second_get_two_folders(tiny: Path, tmp_path: Path) -> None:
    """Both finish, in folders of their own."""
    command = ("train", "-c", tiny, "--runs-dir", tmp_path / "runs")
    both = [start_cnnlab(*command, "--only-repeat", k) for k in (0, 1)]
    ended = [process.wait() for process in both]
    assert [done.code for done in ended] == [0, 0], ended
    folders = list((tmp_path / "runs").iterdir())
    assert len(folders) == 2
    assert all(json.loads((f / "status.json").read_text())["status"] == "done" for f in folders)


def test_a_runs_directory_that_cannot_be_written(tiny: Path, tmp_path: Path, cnnlab: Any) -> None:
    """A file in its place: one sentence, exit 2."""
    (tmp_path / "runs").write_text("")
    done = cnnlab("train", "-c", tiny, "--runs-dir", tmp_path / "runs")
    assert done.code == 2
    assert "--runs-dir" in done.err
    assert "Traceback" not in done.err


def test_a_network_that_cannot_be_built_leaves_no_folder(tiny: Path, tmp_path: Path, cnnlab: Any) -> None:
    """Pooling an image away: the block and its input's shape are named, exit 2."""
    pool = ("--set", "model.0={max_pool: {pool_size: 40}}")
    done = cnnlab("train", "-c", tiny, *pool, "--runs-dir", tmp_path / "runs")
    assert done.code == 2
    assert "model.0.max_pool" in done.err
    assert "(28, 28, 1)" in done.err
    assert not (tmp_path / "runs").exists()


def test_what_the_data_do_not_have_is_said_before_training(tmp_path: Path, cnnlab: Any) -> None:
    """Grey images of somebody's own, colour augmentation, and no validation split to choose an epoch by."""
    np.savez(tmp_path / "mine.npz", x_train=np.zeros((20, 8, 8), np.uint8), y_train=np.arange(20) % 2)
    (tmp_path / "mine.yaml").write_text(MINE)
    done = cnnlab("train", "-c", tmp_path / "mine.yaml", "--runs-dir", tmp_path / "runs")
    assert done.code == 2
    assert "augment.0.random_hue" in done.err
    assert "training.restore_best" in done.err
    assert not (tmp_path / "runs").exists()
