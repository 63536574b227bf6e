"""What is planned and refused before any process starts. Imports no Keras."""

import os
from pathlib import Path
from typing import Any

import pytest

from cnnlab.config.load import config_to_yaml
from cnnlab.config.source import read_document
from cnnlab.errors import ConfigError, RunError
from cnnlab.experiments.launch import Launch
from cnnlab.experiments.outcome import sum_up_cells
from cnnlab.experiments.plan import Experiment
from cnnlab.experiments.planning import planned
from cnnlab.experiments.resume import resumed
from cnnlab.files import write_json, write_text
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.lock import RunLock
from tests.conftest import TINY

SWEEP = "sweep: {grid: {training.batch_size: [8, 16], training.threads: [auto, 1]}}\n"


def request(folder: Path, text: str = TINY + SWEEP, **more: Any) -> tuple[Experiment, Launch]:
    (folder / "c.yaml").write_text(text)
    document = read_document(folder / "c.yaml")
    return Experiment.of(document), Launch(runs_dir=folder / "runs", **more)


def test_cells_have_one_thread_unless_told_and_equal_ones_count_once(tmp_path):
    with planned(*request(tmp_path)) as plan:
        assert [cell.config.training.threads for cell in plan.cells] == [1, 1]
        assert (plan.trainings, plan.waiting, plan.folder) == (4, 4, None)


def test_only_one_repeat_of_each_cell(tmp_path):
    with planned(*request(tmp_path, only_repeat=1)) as plan:
        assert [cell.waiting for cell in plan.cells] == [(1,), (1,)]
    with (
        pytest.raises(ConfigError, match="--only-repeat 2: expected 0 to 1"),
        planned(*request(tmp_path, only_repeat=2)),
    ):
        pass


def test_a_sweep_in_use_is_refused(tmp_path):
    with planned(*request(tmp_path)) as plan:
        folder = tmp_path / "runs" / "20261123-120000_tiny_01234567"
        folder.mkdir(parents=True)
        plan.index().write(folder)
    with RunLock(folder), pytest.raises(RunError, match="is in use by process"), planned(*request(tmp_path)):
        pass
    with planned(*request(tmp_path)) as plan:
        assert plan.folder == folder and plan.waiting == 4


@pytest.mark.parametrize("change", ["name: tiny", "seed: 3", "dropout: 0.2", "training.batch_size: [8, 16]"])
def test_another_experiment_is_another_sweep(tmp_path, change):
    with planned(*request(tmp_path)) as plan:
        folder = tmp_path / "runs" / "20261123-120000_tiny_01234567"
        folder.mkdir(parents=True)
        plan.index().write(folder)
    other = {"name: tiny": "name: other", "seed: 3": "seed: 4", "dropout: 0.2": "dropout: 0.3"}
    text = (TINY + SWEEP).replace(change, other.get(change, "training.batch_size: [32, 64]"))
    with planned(*request(tmp_path, text)) as plan:
        assert plan.folder is None
    changed = text.replace("name: other", "name: tiny").replace("factor: 0.05", "factor: 0.06")
    (folder / "config.yaml").write_text(changed)
    with (
        pytest.raises(RunError, match="the cell batch_size=8, threads=auto is another now"),
        resumed(folder, Launch()),
    ):
        pass


@pytest.mark.parametrize(
    ("statuses", "whole"),
    [
        (["done", "done"], "done"),
        (["done", "failed"], "partial"),
        (["partial", "failed"], "partial"),
        (["failed", "failed"], "failed"),
        (["done", "waiting"], "interrupted"),
        (["failed", "interrupted"], "interrupted"),
    ],
)
def test_cells_add_up(statuses, whole):
    assert sum_up_cells(statuses) == whole


@pytest.mark.parametrize(
    ("asked", "planned_ones"),
    [
        ([0, 1], (0, 1)),
        ([1], (1,)),
        ([1, 0, 1], (0, 1)),
        ([0, 1, 2, 9999], (0, 1)),
        ([0, 1, 10**30], (0, 1)),
        ([7], (0, 1)),
        (None, (0, 1)),
    ],
)
def test_a_resumed_run_trains_no_repeat_that_its_config_has_not(tmp_path, asked, planned_ones):
    """Whatever its environment.json says, and whatever folders lie there."""
    experiment, _ = request(tmp_path, TINY)
    folder = RunFolder.create(tmp_path / "runs", "tiny", "0" * 8)
    write_text(folder.config_path, config_to_yaml(experiment.config))
    write_json(folder.environment_path, {"repeats": asked})
    folder.status.start("train", (0, 1))
    folder.repeat(2).make()
    with resumed(folder.path, Launch()) as plan:
        assert plan.repeats == plan.cells[0].repeats == planned_ones


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda path: path.write_text(TINY), "it is a sweep, but its config.yaml has no section sweep"),
        (lambda path: (path.unlink(), os.mkfifo(path)), "config.yaml, which says what to train, is missing"),
        (lambda path: path.unlink(), "config.yaml, which says what to train, is missing"),
    ],
    ids=["another config", "pipe", "missing"],
)
def test_a_sweep_without_its_config_is_not_resumed(tmp_path, damage, reason):
    with planned(*request(tmp_path)) as plan:
        folder = tmp_path / "runs" / "20261123-120000_tiny_01234567"
        folder.mkdir(parents=True)
        plan.index().write(folder)
    (folder / "config.yaml").write_text(TINY + SWEEP)
    damage(folder / "config.yaml")
    with pytest.raises(RunError, match=reason), resumed(folder, Launch()):
        pass
