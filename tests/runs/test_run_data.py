import pytest

from cnnlab.errors import RunError
from cnnlab.runs.read import load_run


def test_settings_are_found_by_their_keys_or_none(make_run):
    run = load_run(make_run(settings={"training": {"epochs": 5}, "augment": None}).path)
    assert run.setting("training", "epochs") == 5
    assert run.setting("training", "epochs", "of") is run.setting("augment", "x") is run.setting("no") is None
    assert run.published["test_accuracy"] and load_run(make_run(published=None).path).published == {}


def test_what_a_repeat_has_not_is_empty(make_run):
    done, failed = load_run(make_run(accuracies=[0.9], failed=["x"]).path).repeats
    assert done.finished and not failed.finished
    assert done.metrics("test")["accuracy"] == 0.9 and failed.metrics("test") == failed.metrics("train") == {}
    with pytest.raises(
        RunError, match=r"no split 'tset': expected train, validation, test \(did you mean 'test'\?\)"
    ):
        done.metrics("tset")
    assert len(done.history["loss"]) == 12 and failed.history == failed.predictions == {}
    assert (done.seed, failed.seed, failed.error) == (100, None, "x")


def test_damaged_predictions_are_none(make_run):
    folder = make_run()
    folder.repeat(0).predictions_path.write_bytes(b"PK\x03\x04")
    assert load_run(folder.path).repeats[0].predictions == {}
    assert set(load_run(folder.path).repeats[1].predictions) == {"split", "index", "label", "probabilities"}
