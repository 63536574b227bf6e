import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.runs.metrics_log import MetricsLog, read_metrics

COLUMNS = ("epoch", "loss", "val_loss")


def write(path, epochs):
    log = MetricsLog(path, COLUMNS)
    for epoch in range(1, epochs + 1):
        log.append({"epoch": epoch, "loss": 1 / epoch})
    return log


@given(st.lists(st.floats(allow_nan=False), max_size=5))
def test_floats_come_back_bit_for_bit(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("log") / "metrics.csv"
    log = MetricsLog(path, ["epoch", "loss"])
    for epoch, value in enumerate(values):
        log.append({"epoch": epoch, "loss": value})
    assert read_metrics(path) == {"epoch": list(range(len(values))), "loss": values}


def test_not_measured_is_empty_and_not_a_number_is_nan(tmp_path):
    log = MetricsLog(tmp_path / "m.csv", COLUMNS)
    log.append({"epoch": np.int64(1), "loss": np.float32(0.1), "val_loss": None})
    log.append({"epoch": 2, "loss": math.nan, "val_loss": math.inf})
    assert log.path.read_text() == "epoch,loss,val_loss\n1,0.10000000149011612,\n2,nan,inf\n"
    columns = read_metrics(log.path)
    assert columns["val_loss"] == [None, math.inf]
    assert math.isnan(columns["loss"][1])


@pytest.mark.parametrize("tail", ["3,0.3", "3,", "3", "3,0.5\n", "3,x,\n", "\0\0\0\n", "\n", "3,0.5,0.25"])
def test_half_written_and_damaged_lines_cost_only_themselves(tmp_path, tail):
    log = write(tmp_path / "m.csv", 2)
    with log.path.open("a") as file:
        file.write(tail)
    assert read_metrics(log.path)["epoch"] == [1, 2]


@pytest.mark.parametrize("text", ["", "epoch,lo"])
def test_without_a_whole_header_there_are_no_columns(tmp_path, text):
    assert read_metrics(tmp_path / "missing.csv") == {}
    (tmp_path / "m.csv").write_text(text)
    assert read_metrics(tmp_path / "m.csv") == {}


@pytest.mark.parametrize(
    "text", ["", "6,0.1", "epoch,auc\n1,0\n", "epoch,loss,val_loss\n1,9,9\n", "\0\xff", None]
)
def test_resuming_takes_the_rows_of_the_checkpoint_whatever_the_file_holds(tmp_path, text):
    log = write(tmp_path / "m.csv", 5)
    kept = log.lines[:3]
    log.path.unlink()
    if text is not None:
        log.path.write_text(text)
    MetricsLog(log.path, COLUMNS, kept).append({"epoch": 4, "loss": 7.0})
    assert read_metrics(log.path)["loss"] == [1, 1 / 2, 1 / 3, 7]


def test_beginning_anew_empties_the_file(tmp_path):
    write(tmp_path / "m.csv", 5)
    MetricsLog(tmp_path / "m.csv", COLUMNS)
    assert read_metrics(tmp_path / "m.csv") == {name: [] for name in COLUMNS}


def test_columns_are_checked(tmp_path):
    for columns in (["loss"], ["epoch", "epoch"], ["epoch", "a,b"]):
        with pytest.raises(ValueError, match="columns: expected"):
            MetricsLog(tmp_path / "m.csv", columns)
    with pytest.raises(ValueError, match=r"received also \['auc'\]"):
        write(tmp_path / "m.csv", 0).append({"epoch": 1, "auc": 0.5})


def test_names_of_columns_are_printable(tmp_path):
    (tmp_path / "metrics.csv").write_text("epoch,\x1b]0;X\x07\n1,2\n")
    assert read_metrics(tmp_path / "metrics.csv") == {
        "epoch": [1.0],
        "\N{REPLACEMENT CHARACTER}]0;X\N{REPLACEMENT CHARACTER}": [2.0],
    }
