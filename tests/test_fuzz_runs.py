"""The fuzzing of run folders, in short; in full it is `python benchmarks/fuzz_runs.py`."""

from pathlib import Path

import pytest

from benchmarks import fuzz_runs
from benchmarks.fuzz_runs import COMMANDS, Fuzz
from tests.commands import Finished
from tests.fake_runs import make_run
from tests.fake_sweeps import RATE, make_sweep

LIGHT = [name for name, command in COMMANDS.items() if not command.keras and name != "report files"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("sound")
    sweep = make_sweep(place, {RATE: [0.1, 0.01]}, lambda values: 0.9 - values[RATE], repeats=2)
    return {"finished": make_run(place, failed=["x"], epochs=3).path, "sweep": sweep}


@pytest.mark.heavy
def test_a_hundred_damaged_run_folders_do_no_harm(sound: dict[str, Path], tmp_path: Path) -> None:
    fuzz = Fuzz(sound, tmp_path, seed=1, commands=LIGHT)
    for number in range(100):
        fuzz.mutant(number)
    assert fuzz.faults == []
    assert fuzz.codes.total() > 200


@pytest.mark.keras
def test_damaged_run_folders_do_no_harm_where_networks_are_loaded(tiny_run: Path, tmp_path: Path) -> None:
    fuzz = Fuzz({"finished": tiny_run}, tmp_path, seed=2, commands=["predict", "evaluate", "resume"])
    for number in range(4):
        fuzz.mutant(number)
    assert fuzz.faults == []


@pytest.mark.parametrize(
    ("code", "err", "found"),
    [
        (1, "", "exit code 1"),
        (-11, "", "exit code -11"),
        (0, "Traceback (most recent call last)", "Traceback"),
        (0, "\x1b[2J", "prints ['\\x1b']"),
        (-24, "", "over 10 s of processor time"),
    ],
)
def test_what_would_be_wrong_is_found(
    code: int,
    err: str,
    found: str,
    sound: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fuzz_runs, "cnnlab", lambda *words, **options: Finished(code, "", err))
    (fault,) = Fuzz(sound, tmp_path, seed=1, commands=["runs show"]).mutant(0)
    assert fault.startswith("mutant 0 (")
    assert found in fault


@pytest.mark.parametrize(
    "place", ["victim/keep.txt", "victim/new", "runs/20260101-000000_beside_00000000/status.json"]
)
def test_whatever_is_touched_outside_is_found(
    place: str, sound: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def harmful(*words: str, cwd: Path, **options: object) -> Finished:
        (cwd / place).write_text("x")
        return Finished(0, "", "")

    monkeypatch.setattr(fuzz_runs, "cnnlab", harmful)
    (fault,) = Fuzz(sound, tmp_path, seed=1, commands=["runs show"]).mutant(0)
    assert "touched what lies outside" in fault
