"""The race of a sweep's cells, with an executor that trains nothing. Imports no Keras."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnlab.config.source import read_document
from cnnlab.errors import ConfigError
from cnnlab.executors.base import Job
from cnnlab.experiments.launch import Launch
from cnnlab.experiments.outcome import Outcome, require_finished
from cnnlab.experiments.plan import Experiment
from cnnlab.experiments.planning import planned
from cnnlab.experiments.train import resume
from cnnlab.experiments.train import train as train_experiment
from cnnlab.files import write_json
from cnnlab.report.sweep.collect import collect_sweep
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.metrics_log import MetricsLog
from cnnlab.runs.overview import overview
from cnnlab.runs.races import FILE, read_race, stopped_cells
from cnnlab.runs.read import load_run
from cnnlab.runs.remove import remove_run
from cnnlab.runs.sweeps import cell_paths, read_sweep
from tests.conftest import TINY
from tests.fake_runs import result

pytest.importorskip("optuna")

EPOCHS = 9
LOSSES = {8: 0.5, 16: 0.9, 32: 0.4, 4: 0.45, 2: 0.1}  # by batch size, after every epoch
TEXT = TINY.replace("epochs: 3", f"epochs: {EPOCHS}").replace("validation_every: 2", "validation_every: 1")
RACE = "sweep:\n  grid: {training.batch_size: [8, 16, 32]}\n  early_stop: asha\n"


class Racers:
    """Trains nothing: writes a curve for each job, and heeds the word to stop after `lag` epochs more."""

    figure = "val_cross_entropy"

    def __init__(self, log: list[str], lag: int, interrupt: str | None) -> None:
        self.log, self.lag, self.interrupt = log, lag, interrupt
        self.told: set[tuple[Path, int]] = set()

    def stop(self, folder: Path, repeat: int) -> None:
        self.told.add((folder, repeat))

    def run(self, jobs: Any, listen: Any) -> None:
        for job in jobs:
            if job.repeat is None:
                listen(job.event("prepared", {"warnings": []}))
            else:
                self.train(job, listen)

    def train(self, job: Job, listen: Any) -> None:
        size = job.config.plain["training"]["batch_size"]
        self.log.append(f"{size}/{job.repeat}")
        listen(job.event("started"))
        folder, left = RunFolder(job.folder).repeat(job.repeat or 0).make(), self.lag
        curve = MetricsLog(folder.metrics_path, ("epoch", self.figure))
        for epoch in range(1, EPOCHS + 1):
            row = {"epoch": epoch, self.figure: LOSSES[size]}
            curve.append(row)
            listen(job.event("epoch", row))
            if self.interrupt == f"{size}/{job.repeat} after {epoch}":
                listen(job.event("interrupted"))
                raise KeyboardInterrupt
            left -= (job.folder, job.repeat) in self.told
            if left < 0:
                listen(job.event("interrupted"))
                return
        content = result(job.repeat, 1 - LOSSES[size], EPOCHS, "0123456789")
        write_json(folder.result_path, content)
        listen(job.event("done", content))


Start = Callable[..., tuple[Outcome, list[str]]]


@pytest.fixture
def train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """A start of the sweep: what became of it, and what was trained."""

    def start(
        text: str = TEXT + RACE, lag: int = 0, interrupt: str | None = None, folder: Path | None = None
    ) -> tuple[Outcome, list[str]]:
        log: list[str] = []
        monkeypatch.setattr(
            "cnnlab.experiments.plan.Plan.workers", lambda *_: (1, Racers(log, lag, interrupt))
        )
        wanted, launch = request(tmp_path, text)
        if folder is not None:
            return resume(folder, launch, lambda event: None), log
        return train_experiment(wanted, launch, lambda event: None), log

    return start


def request(place: Path, text: str = TEXT + RACE, **more: Any) -> tuple[Experiment, Launch]:
    (place / "c.yaml").write_text(text)
    document = read_document(place / "c.yaml")
    wanted = Experiment.of(document)
    return wanted, Launch(runs_dir=place / "runs", **more)


def states(outcome: Outcome) -> list[tuple[str, int]]:
    return [(cell.status, cell.done) for cell in outcome.cells]


WHOLE = [("done", 2), ("stopped", 0), ("done", 2)]


def test_an_undefined_figure_stops_nobody_and_is_compared_with_none(
    train: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 8 and 32 it is nan; 16, the only one to be compared, is the best so far."""
    monkeypatch.setattr(Racers, "figure", "val_auc")
    for size in (8, 32):
        monkeypatch.setitem(LOSSES, size, math.nan)
    text = TEXT.replace("training: {", "training: {metrics: [auc], ") + RACE
    outcome, trained = train(text.replace("early_stop: asha", "early_stop: {asha: {metric: val_auc}}"))
    assert trained == ["8/0", "16/0", "32/0", "8/1", "16/1", "32/1"]
    assert states(outcome) == [("done", 2)] * 3


def test_who_falls_behind_is_stopped_and_its_other_repeats_are_not_run(train: Start) -> None:
    """By default comparisons are after 9 / 3**2 = 1 epoch, and after 3; the survivors run all their repeats."""
    outcome, trained = train()
    assert trained == ["8/0", "16/0", "32/0", "8/1", "32/1"]
    assert (outcome.status, states(outcome)) == ("done", WHOLE)
    require_finished(outcome)
    heard = [(h.epoch, h.value, h.stopped) for h in read_race(outcome.folder)]
    assert heard == [(1, 0.5, False), (3, 0.5, False), (1, 0.9, True), (1, 0.4, False), (3, 0.4, False)]
    run = load_run(cell_paths(outcome.folder)[1])
    assert run.status == "stopped" and [r.status for r in run.repeats] == ["stopped", "waiting"]
    written = json.loads((outcome.folder / "sweep.json").read_text())["cells"]
    assert [c.get("stopped") for c in written] == [
        None,
        {"epoch": 1, "metric": "val_cross_entropy", "value": 0.9},
        None,
    ]
    assert (overview(outcome.folder).done, overview(outcome.folder).planned) == (4, 4)
    assert not list(outcome.folder.rglob("lock"))


def test_the_same_command_again_keeps_the_decisions(train: Start) -> None:
    first, _ = train()
    record = (first.folder / FILE).read_bytes()
    again, trained = train()
    assert (again.folder, trained, states(again)) == (first.folder, [], WHOLE)
    assert (first.folder / FILE).read_bytes() == record


@pytest.mark.parametrize("moment", ["16/0 after 1", "32/0 after 2", "32/1 after 2", "8/0 after 2"])
def test_an_interrupted_race_goes_on_to_the_same_decisions(train: Start, moment: str) -> None:
    """Ctrl-C where a cell is being stopped, in the race, and after it."""
    stopped, _ = train(interrupt=moment)
    assert stopped.status == "interrupted"
    outcome, trained = train(folder=stopped.folder)
    assert (outcome.status, states(outcome)) == ("done", WHOLE)
    assert ("16/0" in trained) == (moment == "8/0 after 2")


def test_a_kill_between_a_decision_and_its_end_keeps_it(train: Start) -> None:
    """The record is written first: a cell that is not marked, and a half-written line, are put right."""
    outcome, _ = train()
    cell = cell_paths(outcome.folder)[1]
    status = json.loads((cell / "status.json").read_text())
    status["repeats"]["0"]["status"] = "running"
    (cell / "status.json").write_text(json.dumps(status | {"status": "running", "pid": 2**22 + 1}))
    with (outcome.folder / FILE).open("a") as file:
        file.write('{"cell": "12')
    assert read_sweep(outcome.folder).cells[1].stopped is not None
    again, trained = train()
    assert (trained, states(again), load_run(cell).status) == ([], WHOLE, "stopped")
    assert (outcome.folder / FILE).read_text().endswith("}\n")


def test_a_curve_that_was_not_heard_before_a_kill_is_heard_first(train: Start) -> None:
    outcome, _ = train(interrupt="16/0 after 1")
    (outcome.folder / FILE).unlink()
    again, trained = train()
    assert (states(again), trained) == (WHOLE, ["32/0", "8/1", "32/1"])


def test_a_cell_that_ends_before_it_hears_the_word_is_stopped_all_the_same(train: Start) -> None:
    """What is compared depends on the decisions alone, and not on how long they took to arrive."""
    outcome, trained = train(lag=20)
    assert trained == ["8/0", "16/0", "32/0", "8/1", "32/1"]
    assert states(outcome) == WHOLE
    report = collect_sweep(outcome.folder)
    assert [cell.number for cell in report.stopped] == [2] and report.cells[1].summaries == {}
    cell = cell_paths(outcome.folder)[1]
    assert (cell / "repeats" / "0" / "result.json").is_file() and load_run(cell).done == ()


def test_an_extended_grid_races_against_what_is_there(train: Start) -> None:
    """0.45 is behind the 0.4 and the 0.5 of the first start; 0.1 is not. Who has finished stays whole."""
    first, _ = train()
    more = (TEXT + RACE).replace("[8, 16, 32]", "[4, 8, 16, 32, 2]")
    outcome, trained = train(more)
    assert outcome.folder == first.folder and trained == ["4/0", "2/0", "2/1"]
    assert states(outcome) == [("stopped", 0), *WHOLE, ("done", 2)]


def test_cells_that_finished_without_a_race_stay_whole_and_are_raced_against(train: Start) -> None:
    plain = (TEXT + RACE).replace("  early_stop: asha\n", "").replace("[8, 16, 32]", "[8, 16]")
    first, _ = train(plain)
    assert not (first.folder / FILE).exists()
    outcome, trained = train((TEXT + RACE).replace("[8, 16, 32]", "[8, 16, 4, 32]"))
    assert trained == ["4/0", "32/0", "4/1", "32/1"]  # 0.45 and then 0.4: each the best so far
    assert {status for status, _ in states(outcome)} == {"done"}


def test_without_the_race_stopped_cells_are_trained_to_their_end(train: Start) -> None:
    first, _ = train()
    outcome, trained = train((TEXT + RACE).replace("  early_stop: asha\n", ""))
    assert trained == ["16/0", "16/1"] and states(outcome) == [("done", 2)] * 3
    again, trained = train()
    assert trained == [] and states(again) == [("done", 2)] * 3 and stopped_cells(first.folder)


def test_a_removed_cell_races_anew(train: Start) -> None:
    outcome, _ = train()
    remove_run(cell_paths(outcome.folder)[1], outcome.folder)
    again, trained = train()
    assert trained == ["16/0"] and states(again) == WHOLE


def test_open_files_do_not_grow_with_the_cells(train: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell that waits for its second repeat holds no lock."""
    from cnnlab.experiments.run import _Training

    most: list[int] = []
    raced = _Training._raced
    monkeypatch.setattr(
        _Training, "_raced", lambda self, *a: (most.append(len(self.locks)), raced(self, *a))[1]
    )
    train()
    assert max(most) == 1


def test_the_report_lists_stopped_cells_apart(train: Start, tmp_path: Path) -> None:
    from cnnlab.report.builders.sweep import sweep_document
    from cnnlab.report.render.data import csv_files, to_json
    from cnnlab.report.write import write_report
    from tests.report.shown import shown, words

    outcome, _ = train()
    report = collect_sweep(outcome.folder)
    assert [cell.label for cell in report.whole] == ["batch_size=8", "batch_size=32"]
    assert any(
        "1 of 3 cells were stopped early (asha, by val_cross_entropy of the first repeat)" in n
        for n in report.notes
    )
    document = sweep_document(report)
    text = words(shown(document))
    assert "done, 2 of 3 cells done, 1 stopped early, 2 repeats each" in text
    assert "2 batch_size=16 1 val_cross_entropy 0.9" in text
    rows = csv_files(document)["sweep.csv"].splitlines()
    assert rows[0].endswith("stopped_epoch,stopped_metric,stopped_value")
    assert rows[2].split(",", 3)[3].startswith("2,batch_size=16,16,stopped,") and rows[2].endswith(
        ",1,val_cross_entropy,0.9"
    )
    assert "batch_size=16" not in csv_files(document)["repeats.csv"]
    assert to_json(document)["cells"][1]["stopped"] == {
        "epoch": 1,
        "metric": "val_cross_entropy",
        "value": 0.9,
    }
    write_report(document, tmp_path / "out", ["md"])
    page = (tmp_path / "out" / "report.md").read_text()
    assert "Stopped early, and compared with nothing" in page and "0.9" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("early_stop: asha", "early_stop: hyperband"),
            "expected asha, or {asha: {metric: val_accuracy}}, got the text",
        ),
        (
            ("early_stop: asha", "early_stop: {asha: {metric: loss}}"),
            "expected a figure of the validation split",
        ),
        (
            ("early_stop: asha", "early_stop: {asha: {metric: val_auc}}"),
            "'val_auc' is not computed: add 'auc' to",
        ),
        (
            ("early_stop: asha", "early_stop: {asha: {min_epochs: 9}}"),
            "only the last could be compared: lower",
        ),
        (
            ("early_stop: asha", "early_stop: {asha: {reduction_factor: 1}}"),
            "expected a number of at least 2",
        ),
        (
            ("validation_every: 1", "validation_every: 9"),
            "every 9 validated, only the last could be compared",
        ),
        (
            ("train_size: 96,", "train_size: 96, validation_fraction: 0,"),
            "val_cross_entropy needs validation images",
        ),
        (("grid: {training.batch_size: [8, 16, 32]}", "ablate: {a: {augment: []}}"), "none may be stopped"),
    ],
)
def test_what_cannot_race_is_refused(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    text = (TEXT + RACE).replace(*change)
    assert text != TEXT + RACE
    with pytest.raises(ConfigError) as caught, planned(*request(tmp_path, text)):
        pass
    assert said in str(caught.value) and "early_stop" in str(caught.value)


def test_one_later_repeat_alone_cannot_race(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigError, match="--only-repeat 1: the cells race in repeat 0"),
        planned(*request(tmp_path, only_repeat=1)),
    ):
        pass
