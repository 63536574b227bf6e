import math

import pytest

from cnnlab.files import write_json
from cnnlab.runs.record import read_record
from cnnlab.runs.result import Result

RESULT = Result(
    repeat=1, seed=7, metrics={"test": {"accuracy": 0.1 + 0.2, "auc": math.nan}}, seconds={"training": 1.5}
)


def written(path, result):
    write_json(path, result)
    return read_record(Result, path, [])


def test_a_result_that_was_read_is_what_was_written(tmp_path):
    found = written(tmp_path / "result.json", RESULT.sealed())
    assert found.intact and found.sha256 == RESULT.sealed().sha256
    assert found.metrics["test"]["accuracy"] == 0.1 + 0.2 and math.isnan(found.metrics["test"]["auc"])


@pytest.mark.parametrize(
    "change", [{"seed": 8}, {"metrics": {"test": {"accuracy": 0.4}}}, {"device": "GPU:0"}]
)
def test_a_changed_result_is_not_intact(tmp_path, change):
    assert not written(tmp_path / "result.json", RESULT.sealed().model_copy(update=change)).intact


def test_equal_trainings_have_equal_hashes_however_long_they_took():
    slower = RESULT.model_copy(update={"seconds": {"training": 9.0}, "peak_memory_bytes": 5})
    assert slower.sealed().sha256 == RESULT.sealed().sha256


def test_without_a_hash_nothing_can_have_changed(tmp_path):
    assert written(tmp_path / "result.json", RESULT).intact
