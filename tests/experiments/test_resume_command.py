"""``cnnlab train --resume`` and ``--skip-finished``, through the real command line: kills, refusals, the same bits."""

import json
import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from cnnlab.runs.lock import RunLock
from tests.commands import gone, wait_for
from tests.conftest import Finished, run_cnnlab
from tests.experiments.test_killed_runs import training_folder
from tests.training.interrupted import fingerprint
from tests.warm import start_cnnlab

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("resume-command")]

MINE = """\
name: mine
seed: 5
repeats: 2
extensions: [mine.py]
data: {dataset: npz, path: mine.npz, validation_fraction: 0.2}
augment: [{random_rotation: {factor: 0.1}}]
model: [flatten, {mine: {units: 8}}, {dropout: {rate: 0.3}}, classifier]
training:
  epochs: 150
  batch_size: 16
  threads: 1
  validation_every: 10
  checkpoint_every: {epochs: 2}
  restore_best: val_loss
"""
EXTENSION = """\
from cnnlab.blocks import block

@block
def mine(x, *, name, units: int = 4):
    "A dense layer."
    import keras
    return keras.layers.Dense(units, name=name)(x)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a config, its extension and its data."""
    place = tmp_path_factory.mktemp("mine")
    (place / "mine.yaml").write_text(MINE)
    (place / "mine.py").write_text(EXTENSION)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (160, 8, 8, 1), dtype=np.uint8)
    np.savez(
        place / "mine.npz",
        x_train=images[:120],
        y_train=np.arange(120) % 3,
        x_test=images[120:],
        y_test=np.arange(40) % 3,
    )
    return place


def killed(place: Path, number: signal.Signals, rows: int, *arguments: object) -> tuple[int, float]:
    """Start a training, and send the signal to its whole group once repeat 0 has so many rows; code and seconds."""
    process = start_cnnlab("train", *arguments, "--runs-dir", place / "runs")

    def far_enough() -> bool:
        folder = training_folder(place / "runs", 0)
        return folder is not None and (folder / "repeats/0/metrics.csv").read_text().count("\n") > rows

    wait_for(far_enough)
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 3
    at = time.monotonic()
    os.killpg(process.pid, number)
    done = process.wait(timeout=60)
    seconds = time.monotonic() - at
    assert "Traceback" not in done.err
    wait_for(lambda: gone(family), 20)
    return done.code, seconds


@pytest.fixture(scope="module")
def unfinished(place: Path) -> Path:
    """The folder of a run that was ended by SIGTERM, resumed, and killed."""
    code, seconds = killed(place, signal.SIGTERM, 5, "-c", place / "mine.yaml")
    assert code == 130
    assert seconds < 10
    (folder,) = (place / "runs").iterdir()
    status = json.loads((folder / "status.json").read_text())
    assert {r["status"] for r in status["repeats"].values()} == {"interrupted"}
    assert (folder / "repeats/0/checkpoint").is_dir()
    assert not (folder / "lock").exists()
    at = (folder / "repeats/0/metrics.csv").read_text().count("\n")
    code, _ = killed(place, signal.SIGKILL, at + 5, "--resume", "latest")
    assert code == -signal.SIGKILL
    assert (folder / "lock").exists()
    return folder


def refused(folder: Path, *more: object) -> Finished:
    """What resuming `folder` gives."""
    done = run_cnnlab("train", "--resume", folder, *more)
    assert "Traceback" not in done.err
    return done


@pytest.fixture
def copy(unfinished: Path, tmp_path: Path) -> Path:
    """A copy of the unfinished run, to spoil."""
    return Path(shutil.copytree(unfinished, tmp_path / unfinished.name))


def test_a_changed_config_is_refused(copy: Path) -> None:
    """Exit 2, and how to train with it instead."""
    config = copy / "config.yaml"
    config.write_text(config.read_text().replace("epochs: 150", "epochs: 500"))
    done = refused(copy)
    assert done.code == 2
    assert "config.yaml, or an extension, was changed since the run started" in done.err


def test_changed_data_are_refused(unfinished: Path, place: Path, tmp_path: Path) -> None:
    """By their content: exit 5; with the data back, nothing has been spoilt."""
    shutil.copy(place / "mine.npz", tmp_path / "kept.npz")
    with np.load(place / "mine.npz") as stored:
        arrays = {name: stored[name].copy() for name in stored.files}
    arrays["x_test"][0, 0, 0, 0] ^= 1
    np.savez(place / "mine.npz", **arrays)
    try:
        done = refused(unfinished)
    finally:
        shutil.copy(tmp_path / "kept.npz", place / "mine.npz")
    assert done.code == 5
    assert "not those that the run was started with" in done.err


def test_a_second_one_is_refused_with_who_is_first(copy: Path) -> None:
    """Exit 2, and the process that holds it; the lock that the killed one left did not matter."""
    with RunLock(copy):
        done = refused(copy)
    assert done.code == 2
    assert f"in use by process {os.getpid()} on" in done.err


def test_a_checkpoint_of_another_run_is_refused(copy: Path, unfinished: Path) -> None:
    """One repeat's checkpoint in the other's place: that repeat fails with the reason, exit 4."""
    shutil.rmtree(copy / "repeats/0/checkpoint")
    shutil.copytree(copy / "repeats/1/checkpoint", copy / "repeats/0/checkpoint")
    for name in ("model.keras", "result.json"):
        shutil.copy(unfinished / "status.json", copy / "repeats/1" / name)
    done = refused(copy, "--jobs", "1")
    assert done.code == 4
    assert "checkpoint of another run, for its repeat differs" in done.err


def test_a_folder_without_a_config_is_refused(copy: Path) -> None:
    """Exit 2: it is unknown what to train."""
    (copy / "config.yaml").unlink()
    done = refused(copy)
    assert done.code == 2
    assert "its config.yaml, which says what to train, is missing" in done.err


@pytest.mark.parametrize(
    "more",
    [
        ["-c", "mine.yaml"],
        ["--set", "seed=1"],
        ["--seed", "1"],
        ["--smoke"],
        ["--only-repeat", "0"],
        ["--skip-finished"],
    ],
    ids=str,
)
def test_nothing_that_changes_the_run_goes_with_resume(more: list[str], unfinished: Path) -> None:
    """Exit 2."""
    done = refused(unfinished, *more)
    assert done.code == 2
    assert "--resume RUN takes all from the run's folder" in done.err


def test_neither_a_config_nor_a_run_to_resume(cnnlab: Any) -> None:
    """Exit 2, and both ways are named."""
    done = cnnlab("train")
    assert done.code == 2
    assert "--config FILE is missing" in done.err


def test_going_on_with_a_damaged_checkpoint_ends_in_the_same_bits(
    unfinished: Path, place: Path, tmp_path: Path
) -> None:
    """The same command with --skip-finished resumes, reports the damage, and next time shows what is finished."""
    # one is whole when its manifest is there: the kill may have left the arrays of another
    manifest = max((unfinished / "repeats/0/checkpoint").glob("[0-9]*.json"), key=lambda p: int(p.stem))
    newest = manifest.with_suffix(".npz")
    newest.write_bytes(newest.read_bytes()[:1000])
    command = ("train", "-c", place / "mine.yaml", "--json")
    done = run_cnnlab(*command, "--skip-finished", "--runs-dir", place / "runs")
    assert done.code == 0, done.err
    told = " ".join(done.err.split())  # lines end anywhere in a sentence
    assert f"checkpoint {newest.stem} in " in told
    assert "was passed over" in told
    assert Path(done.json["run"]) == unfinished.resolve()
    whole = run_cnnlab(*command, "--skip-finished", "--runs-dir", tmp_path)
    assert whole.code == 0, whole.err
    for k in ("0", "1"):
        assert fingerprint(unfinished / "repeats" / k) == fingerprint(Path(whole.json["run"]) / "repeats" / k)
    left = {p.name for p in unfinished.rglob("*")}
    assert not left & {"lock", "checkpoint"}
    assert not [name for name in left if name.startswith(".")]
    environment = json.loads((unfinished / "environment.json").read_text())
    assert len(environment["resumed"]) == 2

    again = run_cnnlab(*command, "--skip-finished", "--runs-dir", place / "runs")
    assert again.code == 0
    assert "Finished already" in again.err
    assert again.json["run"] == done.json["run"]
    assert len(list((place / "runs").iterdir())) == 1
    resumed = run_cnnlab("train", "--resume", "mine", "--runs-dir", place / "runs", "--json")
    assert resumed.code == 0
    assert resumed.json["summary"] == done.json["summary"]
