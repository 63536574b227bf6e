"""The data of a run, loaded once more; on real runs in test_evaluation.py."""

from types import SimpleNamespace
from typing import Any

import pytest

from cnnlab.errors import RunError
from cnnlab.predict.recorded import DataUsed, RecordedData, recorded_config
from cnnlab.runs.read import load_run
from tests import fake_runs


def data(split: str, recorded: str | None, validation: Any = None) -> RecordedData:
    dataset: Any = SimpleNamespace(validation=validation, notes=("A note.",), name="npz")
    config: Any = None
    return RecordedData(config, dataset, DataUsed("npz", "own", "a" * 64, recorded), split)


def test_other_data_than_the_runs_are_named():
    assert data("test", "a" * 64).notes == ("A note.",)
    for recorded, said in (("b" * 64, "bbbbbbbb..."), (None, "not recorded")):
        changed, note = data("test", recorded).notes
        assert "their SHA-256 is aaaaaaaa..., that of the run's " + said in changed and note == "A note."


def test_what_each_repeat_drew():
    assert [data(split, None).drawn() for split in ("train", "validation", "test")] == [True, True, False]
    assert not data("validation", None, validation=object()).drawn()
    assert data("train", None).noun == "training image"


def test_a_config_that_is_missing_or_of_another_version_is_a_sentence(tmp_path):
    folder = fake_runs.make_run(tmp_path)
    with pytest.raises(RunError, match="does not suit this version of cnnlab"):
        recorded_config(load_run(folder.path))
    folder.config_path.unlink()
    with pytest.raises(RunError, match="is missing or damaged"):
        recorded_config(load_run(folder.path))
