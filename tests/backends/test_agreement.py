"""The same start, the same data and the same losses on every backend that is installed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnlab.backends import BACKENDS
from tests.backends.installed import INSTALLED, OTHERS
from tests.conftest import REPOSITORY, environment

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("backends")]


class Side:
    """One backend in a process of its own, which prints a line of JSON for each of its two answers."""

    def __init__(self, name: str, folder: Path) -> None:
        """Start it."""
        self.log = folder / f"{name}.err"
        with self.log.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.backends.side", name, str(folder)],
                cwd=REPOSITORY,
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def answer(self) -> Any:
        """What it prints next."""
        stream: Any = self.process.stdout
        for line in stream:
            if line.startswith("{"):
                return json.loads(line)
        raise AssertionError(self.log.read_text()[-2000:])


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Side]]:
    folder = tmp_path_factory.mktemp("models")
    started = {name: Side(name, folder) for name in INSTALLED}
    yield started
    for side in started.values():
        side.process.kill()
        side.process.communicate()


@pytest.fixture(scope="module")
def trained(sides: dict[str, Side]) -> dict[str, Any]:
    return {name: side.answer() for name, side in sides.items()}


@pytest.fixture(scope="module")
def predicted(trained: dict[str, Any], sides: dict[str, Side]) -> dict[str, Any]:
    for side in sides.values():
        print(file=side.process.stdin, flush=True)
    return {name: side.answer() for name, side in sides.items()}


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
