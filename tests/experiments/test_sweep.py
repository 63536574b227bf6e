"""A sweep's folder from its first start to its last, with an executor that trains nothing. Imports no Keras."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnlab.config.source import read_document
from cnnlab.errors import ConfigError, DataError, Interrupted, RepeatsFailed
from cnnlab.executors.base import Event, Job
from cnnlab.experiments.launch import Launch
from cnnlab.experiments.outcome import Outcome, require_finished
from cnnlab.experiments.plan import Experiment
from cnnlab.experiments.train import resume
from cnnlab.experiments.train import train as train_experiment
from cnnlab.files import write_json
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.read import load_run
from cnnlab.runs.remove import remove_run
from cnnlab.runs.sweeps import cell_paths, read_sweep
from tests.conftest import TINY
from tests.fake_runs import result

pytestmark = pytest.mark.heavy

SWEEP = "sweep: {grid: {training.batch_size: [8, 16]}}\n"
Fate = Callable[[Job], str]


class FakeExecutor:
    """Ends each job as `fate` says: done, failed, or stop, which is Ctrl-C."""

    def __init__(self, fate: Fate, log: list[Job]) -> None:
        self.fate, self.log = fate, log

    def run(self, jobs: Any, listen: Any) -> None:
        for job in jobs:
            if job.repeat is None:
                event = job.event("prepared", {"warnings": []})
                if self.fate(job) == "wrong":
                    event = job.event("failed", error="the images are too small", refused=2)
                listen(event)
                continue
            assert job.folder.is_dir()
            self.log.append(job)
            listen(job.event("started"))
            fate = self.fate(job)
            if fate == "stop":
                listen(job.event("interrupted"))
                raise KeyboardInterrupt
            repeat = RunFolder(job.folder).repeat(job.repeat).make()
            content = result(job.repeat, 0.9, 3, "0123456789")
            if fate == "done":
                write_json(repeat.result_path, content)
            failed = job.event("failed", error="no luck") if fate == "failed" else None
            listen(failed or job.event("done", content))


@pytest.fixture
def train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Outcome, list[str]]]:
    """A start of the sweep: what became of it, and what was trained."""

    def start(
        text: str = TINY + SWEEP,
        fate: Fate = lambda job: "done",
        folder: Path | None = None,
        **more: Any,
    ) -> tuple[Outcome, list[str]]:
        (tmp_path / "c.yaml").write_text(text)
        document = read_document(tmp_path / "c.yaml")
        log: list[Job] = []
        monkeypatch.setattr("cnnlab.experiments.plan.Plan.workers", lambda *_: (2, FakeExecutor(fate, log)))
        launch = Launch(runs_dir=tmp_path / "runs", **more)
        if folder is not None:
            outcome = resume(folder, launch, lambda event: None)
        else:
            wanted = Experiment.of(document)
            outcome = train_experiment(wanted, launch, lambda event: None)
        return outcome, [f"{job.config.plain['training']['batch_size']}/{job.repeat}" for job in log]

    return start


def test_a_whole_sweep_and_the_same_command_again(train, tmp_path):
    outcome, trained = train()
    assert outcome.status == "done" and trained == ["8/0", "8/1", "16/0", "16/1"]
    require_finished(outcome)
    for path, size in zip(cell_paths(outcome.folder), (8, 16), strict=True):
        run = load_run(path)
        assert run.status == "done" and run.config["training"]["batch_size"] == size and run.notes == ()
        assert run.config["name"] == f"tiny: batch_size={size}" and "sweep" not in run.config
        assert run.environment.repeats == (0, 1) and run.environment.layout.jobs == 2
        assert (path / "summary.json").is_file() and not (path / "lock").exists()
    status = json.loads((outcome.folder / "status.json").read_text())
    assert (status["command"], status["status"]) == ("sweep", "done")
    again, trained = train()
    assert again.folder == outcome.folder and again.status == "done" and trained == []


@pytest.mark.parametrize(("devices", "tried"), [(1, [8]), (2, [8, 16])])
def test_networks_that_are_built_alike_are_tried_once_unless_devices_share_the_batches(
    train, devices: int, tried: list[int]
) -> None:
    """Whether two devices can share the last batch evenly depends on its size."""
    seen: list[int] = []

    def fate(job: Job) -> str:
        if job.repeat is None:
            seen.append(job.config.plain["training"]["batch_size"])
        return "done"

    train(TINY.replace("threads: 1", f"threads: 1, devices: {devices}") + SWEEP, fate)
    assert seen == tried


def test_more_values_and_more_repeats_reuse_what_is_there(train, tmp_path):
    first, _ = train()
    more = (TINY + SWEEP).replace("repeats: 2", "repeats: 3").replace("[8, 16]", "[4, 8, 16]")
    outcome, trained = train(more)
    assert outcome.folder == first.folder and outcome.status == "done"
    assert trained == ["4/0", "4/1", "4/2", "8/2", "16/2"]
    run = load_run(cell_paths(outcome.folder)[1])
    assert run.config["repeats"] == 3 and len(run.done) == 3 and len(run.environment.resumed) == 1
    fewer, trained = train()
    assert trained == [] and fewer.status == "done" and fewer.folder == first.folder
    assert [cell.label for cell in read_sweep(first.folder).cells] == [
        "batch_size=8",
        "batch_size=16",
        "batch_size=4",
    ]
    assert len(load_run(cell_paths(first.folder)[0]).done) == 3


def test_failed_trainings_are_told_and_tried_again(train):
    outcome, _ = train(
        fate=lambda job: "failed" if job.config.plain["training"]["batch_size"] == 8 else "done"
    )
    assert outcome.status == "partial" and [cell.status for cell in outcome.cells] == ["failed", "done"]
    with pytest.raises(
        RepeatsFailed,
        match=r"2 of 4 trainings are .*; failed:\n  batch_size=8, repeat 0: no luck",
    ):
        require_finished(outcome)
    again, trained = train()
    assert trained == ["8/0", "8/1"] and again.status == "done"


def test_an_interrupted_sweep_goes_on(train):
    outcome, trained = train(fate=lambda job: "stop" if job.repeat == 1 else "done")
    assert trained == ["8/0", "8/1"] and outcome.status == "interrupted"
    assert [(cell.status, cell.done) for cell in outcome.cells] == [("interrupted", 1), ("waiting", 0)]
    with pytest.raises(
        Interrupted, match=r"interrupted: 1 of 4 trainings are finished and kept in .* --resume"
    ):
        require_finished(outcome)
    again, trained = train(folder=outcome.folder)
    assert trained == ["8/1", "16/0", "16/1"] and again.status == "done"


def test_a_cell_whose_end_was_not_written_is_ended(train):
    outcome, _ = train()
    cell = cell_paths(outcome.folder)[0]
    status = json.loads((cell / "status.json").read_text())
    (cell / "status.json").write_text(json.dumps(status | {"status": "running", "pid": 2**22 + 1}))
    (cell / "summary.json").unlink()
    again, trained = train()
    assert trained == [] and again.status == "done" and (cell / "summary.json").is_file()


def test_a_removed_cell_is_trained_anew(train):
    outcome, _ = train()
    remove_run(cell_paths(outcome.folder)[1], outcome.folder)
    again, trained = train()
    assert trained == ["16/0", "16/1"] and again.folder == outcome.folder


def test_nothing_is_made_when_a_network_cannot_be_built(train, tmp_path):
    with pytest.raises(
        ConfigError,
        match=r"no training was .* cells\n  batch_size=8: the images are too small",
    ):
        train(fate=lambda job: "wrong")
    assert not (tmp_path / "runs").exists()


def test_networks_that_are_the_same_are_tried_once(train):
    tried: list[str] = []

    def note(job: Job) -> str:
        if job.repeat is None:
            tried.append(job.folder.name)
        return "done"

    train(fate=note)
    assert len(tried) == 1
    text = TINY + "sweep: {grid: {model.0.conv_block.filters: [2, 3], training.epochs: [1, 2]}}\n"
    train(text, fate=note)
    assert len(tried) == 1 + 2


def test_other_data_in_the_same_place_are_another_sweep(train, monkeypatch):
    first, _ = train()
    monkeypatch.setattr("cnnlab.datasets.base.Dataset.content_hash", lambda self: "f" * 64)
    second, trained = train()
    assert second.folder != first.folder and len(trained) == 4
    with pytest.raises(DataError, match="are not those that the run was started with"):
        train(folder=first.folder)


def test_a_disk_that_refuses_costs_what_is_not_finished(train, monkeypatch, tmp_path):
    from cnnlab.errors import RunError

    def refuse(*_: Any) -> None:
        raise RunError("Cannot write: No space left on device.")

    def full(job: Job) -> str:
        monkeypatch.setattr("cnnlab.experiments.recording.write_summary", refuse)
        return "done"

    with pytest.raises(
        RepeatsFailed,
        match=r"No space left on device\. \d of 4 trainings are finished and kept in .*; the same",
    ):
        train(fate=full)
    monkeypatch.undo()


def test_from_python(tmp_path, monkeypatch):
    import yaml

    import cnnlab

    monkeypatch.setattr(
        "cnnlab.experiments.plan.Plan.workers", lambda *_: (1, FakeExecutor(lambda job: "done", []))
    )
    config = yaml.safe_load(TINY)
    told: list[Event] = []
    runs = cnnlab.sweep(config, grid=["training.batch_size=8,16"], runs_dir=tmp_path, listen=told.append)
    assert [len(run.done) for run in runs] == [2, 2]
    assert {event.folder for event in told if event.kind == "done"} == {run.path for run in runs}
    assert len(cnnlab.load_runs("tiny", runs_dir=tmp_path)) == 2
    with pytest.raises(ConfigError, match="expects a config with a section 'sweep'"):
        cnnlab.sweep(config, runs_dir=tmp_path)
    with pytest.raises(ConfigError, match="is many experiments, and this takes one"):
        cnnlab.train(config | {"sweep": {"grid": {"training.epochs": [1]}}}, runs_dir=tmp_path)
