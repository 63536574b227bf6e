import csv
import json
import math

import pytest

from cnnlab.runs.summary_files import write_summary


def test_files_of_a_run(make_run):
    folder = make_run(accuracies=[0.9, 0.8, math.nan], name="a")
    returned = write_summary(folder.path)
    written = json.loads(folder.summary_json_path.read_text())
    accuracy = written["metrics"]["test"]["accuracy"]
    assert accuracy["values"] == [0.9, 0.8, "NaN"]
    assert (accuracy["n"], accuracy["left_out"]) == (2, 1)
    assert returned.plain() == written
    assert accuracy["mean"] == returned.metrics["test"]["accuracy"].mean == pytest.approx(0.85)
    assert written["seeds"] == [100, 101, 102]
    with folder.summary_csv_path.open() as file:
        rows = {(row["split"], row["metric"]): row for row in csv.DictReader(file)}
    assert float(rows["test", "accuracy"]["sd"]) == accuracy["sd"]
    assert rows["test", "accuracy"]["values"] == "0.9 0.8 NaN"


def test_one_repeat_has_null_spread_in_the_files(make_run):
    folder = make_run(accuracies=[0.9])
    write_summary(folder.path)
    accuracy = json.loads(folder.summary_json_path.read_text())["metrics"]["test"]["accuracy"]
    assert accuracy["sd"] is None and accuracy["ci95"] is None
    assert "test,accuracy,1,0.9,,,,0.9,0.9,0,0.9,MNIST\n" in folder.summary_csv_path.read_text()
