import math

import pytest

from cnnlab.errors import RunError
from cnnlab.report.collect import collect, seeds_of


def test_a_row_for_each_metric_of_each_split_the_published_one_beside(make_run):
    report = collect(make_run(accuracies=[0.93, 0.94]).path)
    assert [(row.split, row.metric) for row in report.rows][-1] == ("test", "accuracy") == report.headline
    row = report.rows[-1]
    assert row.summary.values == (0.93, 0.94) and row.published.n == 5 and row.difference is not None
    assert 0 < row.summary.ci95[0] < row.summary.ci95[1] < 1
    assert [(folder, len(repeats)) for folder, repeats in seeds_of(report.run)] == [(report.run.path.name, 2)]


def test_without_test_labels_validation_matters_most(make_run):
    assert collect(make_run(hidden_test=True).path).headline == ("validation", "accuracy")


def test_what_is_missing_is_said_once(make_run):
    report = collect(make_run(accuracies=[0.9, math.nan], failed=["killed"]).path)
    assert report.problems[0] == "repeat 2 failed: killed"
    (about,) = [text for text in report.problems if "no finite number" in text]
    assert about.startswith("repeat 1 gave no finite number for validation loss") and "test accuracy" in about


def test_what_was_published_and_not_asked_for_is_named_with_the_way_out(make_run):
    about = {"source": "a", "dataset": "mnist"}
    report = collect(make_run(published={**about, "test_f1_macro": 0.9, "train_f1_macro": 0.9}).path)
    said = (
        "published, but not measured here: test f1_macro, train f1_macro (add f1_macro to training.metrics)"
    )
    assert said in report.problems
    hidden = collect(make_run(hidden_test=True, published={**about, "test_accuracy": 0.9}).path)
    assert "published, but not measured here: test accuracy" in hidden.problems  # asked for, and hidden


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(RunError):
        collect(tmp_path / "none")
