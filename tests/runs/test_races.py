import json

import pytest

from cnnlab.errors import RunError
from cnnlab.runs.races import FILE, RaceFigure, RaceLog, Stop, read_race, stopped_cells

KEPT = RaceFigure(cell="a", epoch=1, metric="val_loss", value=0.5, stopped=False)
STOPPED = RaceFigure(cell="b", epoch=1, metric="val_loss", value=0.9, stopped=True)


def test_what_is_appended_is_read(tmp_path):
    log = RaceLog(tmp_path)
    log.append(KEPT)
    log.append(STOPPED)
    assert read_race(tmp_path) == log.figures == [KEPT, STOPPED]
    assert stopped_cells(tmp_path) == {"b": Stop(epoch=1, metric="val_loss", value=0.9)}
    assert str(STOPPED) == "epoch 1, val_loss 0.9"


def test_a_half_written_line_and_forgotten_cells_are_left_out(tmp_path):
    log = RaceLog(tmp_path)
    log.append(KEPT)
    log.append(STOPPED)
    with (tmp_path / FILE).open("a") as file:
        file.write('{"cell": "a", "ep')
    assert RaceLog(tmp_path, forgotten={"b"}).figures == [KEPT]
    assert read_race(tmp_path) == [KEPT]


def test_without_a_race_there_is_nothing(tmp_path):
    assert read_race(tmp_path) == [] and stopped_cells(tmp_path) == {}


@pytest.mark.parametrize(
    "line",
    ["", "{", "[1]", "3", "null", "[" * 100_000, json.dumps({**KEPT.plain(), "epoch": -1}), '{"cell": "a"}'],
)
def test_a_damaged_line_is_one_sentence(tmp_path, line):
    (tmp_path / FILE).write_text(f"{line}\n")
    with pytest.raises(RunError, match="is damaged: it is not the record of a race"):
        read_race(tmp_path)


def test_texts_are_printable(tmp_path):
    (tmp_path / FILE).write_text(json.dumps({**STOPPED.plain(), "metric": "val\x1b]0;X\x07"}) + "\n")
    assert read_race(tmp_path)[0].metric == "val\ufffd]0;X\ufffd"
