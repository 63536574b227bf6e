import csv
import io
import math

import pytest

from cnnlab.dotted_keys import flatten
from cnnlab.runs.read import load_run
from cnnlab.runs.records import epoch_records, repeat_records, to_csv, varied_keys


def test_one_record_per_repeat_failed_ones_too(make_run):
    run = load_run(make_run(accuracies=(0.9,), failed=["too large"]).path)
    done, failed = repeat_records([run])
    assert (done["run"], done["repeat"], done["seed"], done["status"]) == (run.path.name, 0, 100, "done")
    assert (done["test_accuracy"], done["epochs"], done["seconds"]) == (0.9, 12, 60.0)
    assert (failed["repeat"], failed["status"], failed["error"]) == (1, "failed", "too large")
    assert "test_accuracy" not in failed
    assert not [key for key in done if key.startswith("config.")]


def test_several_runs_get_the_keys_that_differ(make_run):
    runs = [
        load_run(make_run(name=name, accuracies=(0.9,), epochs=n).path) for name, n in (("a", 3), ("b", 4))
    ]
    assert [record["config.training.epochs"] for record in repeat_records(runs)] == [3, 4]
    assert "config.name" not in repeat_records(runs)[0]


@pytest.mark.parametrize("cell", ["inf", "-inf", "nan", "1e999", ""])
def test_an_epoch_that_is_no_number_is_none(make_run, cell):
    folder = make_run(epochs=2)
    path = folder.repeat(0).metrics_path
    path.write_text(path.read_text().replace("\n1,", f"\n{cell},"))
    assert [row["epoch"] for row in epoch_records([load_run(folder.path)])][:2] == [None, 2]


def test_one_record_per_epoch(make_run):
    run = load_run(make_run(accuracies=(0.9, 0.8), epochs=4, validation_every=2).path)
    records = epoch_records([run])
    assert [(r["repeat"], r["epoch"]) for r in records] == [(k, e) for k in (0, 1) for e in (1, 2, 3, 4)]
    assert [r["val_loss"] is None for r in records[:4]] == [True, False, True, False]
    assert records[0]["loss"] == run.repeats[0].history["loss"][0]


def test_csv_reads_back(make_run):
    run = load_run(make_run(accuracies=(math.nan, 0.9), failed=['a "b", c\nd']).path)
    rows = list(csv.DictReader(io.StringIO(to_csv(repeat_records([run])))))
    assert [row["test_accuracy"] for row in rows] == ["NaN", "0.9", ""]
    assert rows[2]["error"] == 'a "b", c d'
    assert list(csv.DictReader(io.StringIO(to_csv([{"error": 'a "b", c\nd'}])))) == [{"error": 'a "b", c\nd'}]


def test_flat_keys_are_those_of_set():
    nested = {"a": {"b": 1}, "model": [{"conv": {"filters": 8}}, "flatten"], "empty": [], "none": None}
    assert flatten(nested) == {
        "a.b": 1,
        "model.0.conv.filters": 8,
        "model.1": "flatten",
        "empty": [],
        "none": None,
    }
    assert flatten({}) == {"": {}}
    assert varied_keys([{"a": 1, "b": None}, {"a": 1}, {"a": 1, "b": 2}]) == ["b"]
    assert varied_keys([{}, {"name": "x"}]) == []


def test_a_spreadsheet_takes_no_text_for_a_formula(make_run):
    """Names, errors and keys out of a folder that somebody sent; numbers stay numbers."""
    run = load_run(make_run(name="=HYPERLINK(1)", accuracies=(0.9,), failed=["@SUM(A1)"]).path)
    records = [
        {**record, "=1+1": -1.5, "lost": -math.inf, "text": "-Infinity"} for record in repeat_records([run])
    ]
    rows = list(csv.DictReader(io.StringIO(to_csv(records))))
    cells = {*rows[0], *(cell for row in rows for cell in row.values())}
    assert {cell for cell in cells if cell[:1] in ("=", "+", "-", "@")} == {"-1.5", "-Infinity"}
    assert "'@SUM(A1)" in cells and "'=1+1" in rows[0]
