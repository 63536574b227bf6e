"""Which repeats and views are meant; opening their networks is in test_predictions.py."""

import dataclasses

import pytest

from cnnlab.errors import ConfigError, RunError
from cnnlab.files import write_json
from cnnlab.predict.networks import TrainedRun, trained_run
from cnnlab.runs.read import load_run
from tests import fake_runs


def trained(place, **options) -> TrainedRun:
    folder = fake_runs.make_run(place, **options)
    return TrainedRun(load_run(folder.path), (28, 20, 1), ("a", "b"))


def test_repeats_go_by_number_or_all_together(tmp_path):
    run = trained(tmp_path, failed=["x"])
    assert (
        [repeat.k for repeat in run.chosen("ensemble")]
        == [repeat.k for repeat in run.chosen("all")]
        == [0, 1, 2]
    )
    assert [repeat.k for repeat in run.chosen("1")] == [1] and run.positive_class == "b"
    with pytest.raises(RunError, match=r"--repeat 3: .* no such finished repeat; finished: 0-2\."):
        run.chosen("3")
    for text in ("-1", "01x", "first", "\N{SUPERSCRIPT TWO}"):
        with pytest.raises(ConfigError, match="expects a repeat's number, ensemble or all, got"):
            run.chosen(text)


def test_views_are_the_runs_own_or_those_named(tmp_path):
    run = trained(tmp_path, settings={"evaluation": {"tta": {"name": "flips"}}})
    assert run.views(None)[0] == run.views("flips")[0] == "flips" and len(run.views(None)[1]) == 3
    assert run.views("none")[0] == trained(tmp_path).views(None)[0] == "none"
    with pytest.raises(ConfigError, match=r"--tta flip: unknown view set 'flip' \(did you mean 'flips'\?\)"):
        run.views("flip")
    with pytest.raises(ConfigError, match="--tta: "):
        run.views("d4")  # turns images by a quarter, and these are not square
    damaged = dataclasses.replace(run.run, config={"evaluation": {"tta": 3}})
    with pytest.raises(ConfigError, match="--tta 3: "):
        dataclasses.replace(run, run=damaged).views(None)


def test_a_run_must_say_what_its_network_takes(tmp_path):
    folder = fake_runs.make_run(tmp_path)
    with pytest.raises(RunError, match="does not say what images the network takes"):
        trained_run(folder.path)
    path = folder.repeat(0).result_path
    write_json(path, {**fake_runs.result(0, 0.9, 12, "ab"), "input": {"shape": [28, 28, 1]}})
    assert trained_run(folder.path).image_shape == (28, 28, 1)
    with pytest.raises(RunError, match="no repeat of it is finished"):
        trained_run(fake_runs.make_run(tmp_path / "other", accuracies=(), failed=["x"]).path)
