import pytest
import yaml

from cnnlab.runs.diff import Change, diff_runs
from cnnlab.runs.read import load_run


@pytest.fixture
def two(make_run):
    """Two runs of given configs, loaded."""

    def make(*configs):
        folders = [make_run(name=f"run{i}", accuracies=(0.9, 0.92 + i)) for i in range(2)]
        for folder, config in zip(folders, configs, strict=True):
            folder.config_path.write_text(yaml.safe_dump(config))
        return [load_run(folder.path) for folder in folders]

    return make


def test_key_by_key(two):
    a = {"name": "a", "training": {"epochs": 3, "batch_size": 16}, "data": {"scale": [0, 1]}}
    b = {"name": "a", "training": {"epochs": 4, "batch_size": 16}, "data": {"scale": [-1, 1]}, "seed": 0}
    found = sorted(diff_runs(*two(a, b)).config, key=lambda change: change.key)
    assert found == [
        Change("data.scale", [0, 1], [-1, 1]),
        Change("seed", None, 0),
        Change("training.epochs", 3, 4),
    ]


def test_a_block_put_in_between_is_one_change(two):
    a = {"model": [{"conv": {"filters": 8}}, "flatten", {"dense": {"units": 4}}]}
    b = {"model": [{"conv": {"filters": 9}}, {"dropout": {"rate": 0.2}}, "flatten", {"dense": {"units": 5}}]}
    assert diff_runs(*two(a, b)).config == (
        Change("model.0.conv.filters", 8, 9),
        Change("model.1", None, {"dropout": {"rate": 0.2}}),
        Change("model.2|3.dense.units", 4, 5),
    )


def test_an_item_with_and_without_parameters(two):
    assert diff_runs(*two({"model": ["conv"]}, {"model": [{"conv": {"filters": 3}}]})).config == (
        Change("model.0.conv.filters", None, 3),
    )


def test_equal_runs_have_no_change(two):
    comparison = diff_runs(*two({"a": [1, "x"]}, {"a": [1, "x"]}))
    assert (comparison.config, comparison.environment) == ((), ())


def test_results_of_both(make_run):
    runs = [load_run(make_run(accuracies=values).path) for values in ((0.9, 0.92), (0.95,))]
    row = next(r for r in diff_runs(*runs).results if (r.split, r.metric) == ("test", "accuracy"))
    assert (row.a.n, row.b.n) == (2, 1)
    assert row.difference == pytest.approx(0.04)


def test_a_damaged_run_can_be_held_against_another(make_run):
    whole, broken = make_run(name="a"), make_run(name="b")
    for path in (broken.config_path, broken.environment_path, broken.status.path):
        path.write_text("{")
    comparison = diff_runs(load_run(whole.path), load_run(broken.path))
    assert Change("seed", 0, None) in comparison.config
    assert Change("cnnlab", "0.1.0", None) in comparison.environment
