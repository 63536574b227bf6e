"""The same start, the same data and the same losses on every backend that is installed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnnlab.backends import BACKENDS
from tests.backends.installed import INSTALLED, OTHERS
from tests.conftest import REPOSITORY, environment

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("backends")]


def side(*words: object) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "tests.backends.side", *map(str, words)],
        cwd=REPOSITORY,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def trained(folder: Path) -> dict[str, Any]:
    return {name: side(name, folder) for name in INSTALLED}


@pytest.fixture(scope="module")
def predicted(trained: dict[str, Any], folder: Path) -> dict[str, Any]:
    return {name: side(name, folder, "predict") for name in INSTALLED}


@pytest.mark.parametrize("name", OTHERS)
def test_the_start_and_the_inputs_are_the_same_to_the_bit(name: str, trained: dict[str, Any]) -> None:
    for what in ("weights", "inputs"):
        assert trained[name][what] == trained["tensorflow"][what]


@pytest.mark.parametrize("name", OTHERS)
def test_the_losses_of_the_first_steps_agree(name: str, trained: dict[str, Any]) -> None:
    ours, theirs = trained[name]["losses"], trained["tensorflow"]["losses"]
    assert ours == pytest.approx(theirs, rel=1e-4)
    assert len(set(ours)) == len(ours)


@pytest.mark.parametrize("saved", OTHERS)
@pytest.mark.parametrize("name", list(BACKENDS))
def test_each_backend_predicts_with_the_models_of_the_others(
    name: str, saved: str, predicted: dict[str, Any]
) -> None:
    if name not in predicted:
        pytest.skip(f"{name} is not installed")
    for model in (saved, "tensorflow"):
        for row, expected in zip(predicted[name][model], predicted["tensorflow"][model], strict=True):
            assert row == pytest.approx(expected, abs=1e-5)
