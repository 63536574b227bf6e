"""The same start, the same data and the same losses on every backend that is installed."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnlab.backends import BACKENDS
from tests.backends.installed import INSTALLED, OTHERS
from tests.commands import wait_for
from tests.conftest import REPOSITORY
from tests.warm import Started, start_python

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("backends")]


def answers(sides: dict[str, Started], folder: Path, kind: str) -> dict[str, Any]:
    """What each side has written, once it has."""
    for name, side in sides.items():
        path = folder / f"{name}.{kind}.json"
        wait_for(lambda path=path, side=side: path.exists() or side.ended())
        assert path.exists(), side.wait()
    return {name: json.loads((folder / f"{name}.{kind}.json").read_text()) for name in sides}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def sides(folder: Path) -> Iterator[dict[str, Started]]:
    """One backend in a process of its own, for each."""
    words = ("-m", "tests.backends.side")
    started = {
        name: start_python(*words, name, folder, cwd=REPOSITORY, frameworks=True) for name in INSTALLED
    }
    yield started
    for side in started.values():
        side.send(signal.SIGKILL)
        side.wait()


@pytest.fixture(scope="module")
def trained(sides: dict[str, Started], folder: Path) -> dict[str, Any]:
    return answers(sides, folder, "trained")


@pytest.fixture(scope="module")
def predicted(trained: dict[str, Any], sides: dict[str, Started], folder: Path) -> dict[str, Any]:
    (folder / "predict").touch()
    return answers(sides, folder, "predicted")


@pytest.mark.parametrize("name", OTHERS)
def test_the_start_and_the_inputs_are_the_same_to_the_bit(name: str, trained: dict[str, Any]) -> None:
    for what in ("weights", "inputs"):
        assert trained[name][what] == trained["tensorflow"][what]


@pytest.mark.parametrize("name", OTHERS)
def test_the_losses_of_the_first_steps_agree(name: str, trained: dict[str, Any]) -> None:
    ours, theirs = trained[name]["losses"], trained["tensorflow"]["losses"]
    # the same numbers, summed in another order in float32, through three batch normalizations: 6e-6; each step of
    # gradient descent passes it on, up to twice as large
    assert ours[0] == pytest.approx(theirs[0], rel=5e-5)
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
