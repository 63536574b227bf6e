import json
from datetime import datetime, timedelta

import pytest

from cnnlab.errors import RunError
from cnnlab.report.gather import gather
from cnnlab.report.render.data import to_json
from tests.fake_runs import BUNDLED
from tests.report.shown import report_of

OTHER = {"settings": {"training": {"epochs": 7}, "augment": [{"random_zoom": {"height_factor": 0.1}}]}}
START = datetime(2026, 11, 21)


def test_repeats_of_one_experiment_are_pooled(make_run):
    a = make_run(accuracies=[0.91, 0.92], now=START)
    b = make_run(accuracies=[0.93], first_seed=200, now=START + timedelta(hours=1))
    (section,) = gather([a.path, b.path], group=True).reports
    row = next(row for row in section.rows if (row.split, row.metric) == section.headline)
    assert row.summary.values == (0.91, 0.92, 0.93)
    assert [repeat.seed for repeat in section.run.done] == [100, 101, 200]
    assert row.difference is not None and row.published.n == 5
    content = to_json(report_of(a.path, b.path, group=True))["runs"][0]
    assert content["paths"] == [str(a.path), str(b.path)]
    places = [(repeat["run"], repeat["repeat"]) for repeat in content["repeats"]]
    assert places == [(a.path.name, "0"), (a.path.name, "1"), (b.path.name, "0")]


def test_a_seed_never_counts_twice(make_run):
    a, b = make_run(accuracies=[0.91, 0.92]), make_run(accuracies=[0.93], first_seed=101)
    with pytest.raises(
        RunError, match=f"Seed 101 would count twice: repeat 1 of {a.path.name} and repeat 0 of {b.path.name}"
    ):
        gather([a.path, b.path], group=True)


def test_a_failed_repeat_does_not_keep_its_seed(make_run):
    a, b = make_run(accuracies=[0.91], failed=["killed"]), make_run(accuracies=[0.93], first_seed=101)
    (section,) = gather([a.path, b.path], group=True).reports
    assert len(section.run.done) == 2
    assert f"{a.path.name}: repeat 1 failed: killed" in section.problems


def test_different_experiments_are_refused_with_the_keys(make_run):
    a, b = make_run(), make_run(first_seed=200, experiment="3" * 64, **OTHER)
    keys = r"training.epochs \(12 / 7\), augment.0.random_zoom.height_factor \(not there / 0.1\)\."
    with pytest.raises(RunError, match=f"cannot be pooled, they differ in: {keys}.*--compare"):
        gather([a.path, b.path], group=True)


def test_other_data_are_refused(make_run):
    a, b = make_run(), make_run(first_seed=200, data=BUNDLED)
    with pytest.raises(
        RunError, match=r"the data \(MNIST, SHA-256 00000000… / 10,000 bundled MNIST digits, SHA-256 1111"
    ):
        gather([a.path, b.path], group=True)


@pytest.mark.parametrize("damage", ["{}", "{", None])
def test_a_run_that_tells_no_experiment_is_refused(make_run, damage):
    a, b = make_run(), make_run(first_seed=200)
    b.environment_path.write_text(damage) if damage else b.environment_path.unlink()
    with pytest.raises(RunError, match=f"{b.path} cannot be pooled: its environment.json"):
        gather([a.path, b.path], group=True)


def test_a_repeat_without_a_seed_is_refused(make_run):
    a, b = make_run(), make_run(first_seed=200)
    result = json.loads(b.repeat(1).result_path.read_text())
    b.repeat(1).result_path.write_text(json.dumps({**result, "seed": None}))
    with pytest.raises(RunError, match=f"Repeat 1 of {b.path.name} has no recorded seed"):
        gather([a.path, b.path], group=True)


def test_other_versions_are_pooled_and_said(make_run):
    a, b = make_run(), make_run(first_seed=200)
    environment = json.loads(b.environment_path.read_text())
    b.environment_path.write_text(json.dumps({**environment, "cnnlab": "0.2.0"}))
    (section,) = gather([a.path, b.path], group=True).reports
    assert "the pooled runs differ in cnnlab: 0.1.0, 0.2.0" in section.problems


def test_without_group_nothing_is_pooled(make_run):
    paths = [make_run().path, make_run(first_seed=200).path]
    assert [len(section.run.done) for section in gather(paths).reports] == [3, 3]
    assert gather(paths).comparison is None


def test_one_run_is_a_group_of_its_own(make_run):
    folder = make_run(failed=["killed"])
    (section,) = gather([folder.path], group=True).reports
    assert section.problems == ("repeat 3 failed: killed",)
