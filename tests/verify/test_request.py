"""What is to be verified: weights by path, and all of it on its way into another process."""

import pickle
from pathlib import Path

import pytest

from cnnlab.config.load import Options
from cnnlab.errors import RunError
from cnnlab.verify.request import Weights, find_weights, make_request


def test_a_request_is_the_same_in_another_process(tmp_path: Path) -> None:
    """Its config holds parameters whose classes are made from functions, and bear their names."""
    request = make_request(None, Options(smoke=True), weights=None, kinds=("dense",), runs_dir=tmp_path)
    assert pickle.loads(pickle.dumps(request)) == request


def test_weights_are_a_file_a_run_or_a_repeat(tmp_path: Path):
    run = tmp_path / "20261122-000000_lab_0123abcd"
    for repeat in (2, 10):
        (run / "repeats" / str(repeat)).mkdir(parents=True)
        (run / "repeats" / str(repeat) / "model.keras").touch()
    (run / "repeats" / "1").mkdir()
    (run / "config.yaml").touch()
    model = run / "repeats" / "2" / "model.keras"
    assert find_weights(str(model), tmp_path) == Weights(model)
    assert find_weights(str(run), tmp_path) == Weights(model, run / "config.yaml", 2)
    assert find_weights("lab", tmp_path) == Weights(model, run / "config.yaml", 2)
    of_repeat = find_weights(str(run / "repeats" / "10"), tmp_path)
    assert (of_repeat.repeat, of_repeat.model_path.parent.name) == (10, "10")


def test_weights_that_are_not_there(tmp_path: Path):
    (tmp_path / "20261122-000000_lab_0123abcd").mkdir()
    with pytest.raises(RunError, match=r"there is no file .*trained\.keras"):
        find_weights(str(tmp_path / "trained.keras"), tmp_path)
    with pytest.raises(RunError, match="holds no trained model"):
        find_weights("lab", tmp_path)
