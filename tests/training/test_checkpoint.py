"""The checkpoint folder: a whole checkpoint is always there, and nothing but a whole one is ever loaded."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnlab.errors import RunError
from cnnlab.training.checkpoint import CheckpointClock, CheckpointFolder
from tests.hostile import REPLACEMENTS, replace_by

OWNER = {"run_hash": "ab12", "repeat": 0}


@pytest.fixture
def folder(tmp_path: Path) -> CheckpointFolder:
    """A folder with two checkpoints, whose arrays and state tell which is which."""
    folder = CheckpointFolder(tmp_path / "checkpoint", OWNER)
    for number in (1, 2):
        save(folder, number)
    return folder


def save(folder: CheckpointFolder, number: int) -> None:
    """Write a checkpoint whose arrays and state hold `number`."""
    arrays = {"x": np.full((40, 40), number, np.float32), "state": np.array([number, 7], np.uint32)}
    folder.save(arrays, {"epoch": number, "best": None})


def load(folder: CheckpointFolder) -> tuple[Any, list[str]]:
    """The number of the checkpoint that is loaded, and what is said."""
    notes: list[str] = []
    found = folder.load(notes.append)
    if found is None:
        return None, notes
    arrays, state = found
    assert arrays["x"].dtype == np.float32
    assert arrays["x"].shape == (40, 40)
    assert arrays["x"][0, 0] == arrays["state"][0] == state["epoch"]
    return state["epoch"], notes


def test_the_newest_is_loaded_and_two_are_kept(folder: CheckpointFolder) -> None:
    """Each save keeps the one before, and removes what is older."""
    assert load(folder) == (2, [])
    save(folder, 3)
    assert load(folder) == (3, [])
    assert sorted(p.name for p in folder.path.iterdir()) == ["2.json", "2.npz", "3.json", "3.npz"]
    folder.remove()
    assert not folder.path.exists()
    assert load(folder) == (None, [])


@pytest.mark.parametrize("name", ["2.npz", "2.json"])
@pytest.mark.parametrize("damage", ["truncated", "emptied", "one bit", "removed"])
def test_a_damaged_checkpoint_is_passed_over_and_told(
    folder: CheckpointFolder, name: str, damage: str
) -> None:
    """The one before is loaded instead."""
    path = folder.path / name
    content = bytearray(path.read_bytes())
    if damage == "removed":
        path.unlink()
    else:
        content[len(content) // 2] ^= 1
        kept = {"truncated": len(content) // 2, "emptied": 0, "one bit": len(content)}[damage]
        path.write_bytes(content[:kept])
    number, notes = load(folder)
    assert number == 1
    if (name, damage) == ("2.json", "removed"):  # as if its writing had never ended
        assert notes == []
    else:
        assert len(notes) == 1
        assert "checkpoint 2" in notes[0]
        assert "damaged" in notes[0]
    save(folder, 3)
    assert load(folder) == (3, [])


def test_without_a_whole_one_there_is_none(folder: CheckpointFolder) -> None:
    """Both damaged: both are told, and the training begins anew, which gives the same numbers."""
    for path in folder.path.glob("*.npz"):
        path.write_bytes(path.read_bytes()[:100])
    number, notes = load(folder)
    assert number is None
    assert len(notes) == 2


@pytest.mark.parametrize("text", ["null", "[]", "{}", '{"sha256": 1}', "[" * 100_000, "\x00"])
def test_a_manifest_of_anything_else_is_damage(folder: CheckpointFolder, text: str) -> None:
    """JSON that is no manifest raises nothing."""
    (folder.path / "2.json").write_text(text)
    number, notes = load(folder)
    assert number == 1
    assert len(notes) == 1


@pytest.mark.parametrize("name", ["2.npz", "2.json", "7.json", f"1{'0' * 200}.json"])
@pytest.mark.parametrize("kind", [kind for kind in REPLACEMENTS if kind != "nothing"])
def test_something_else_in_a_files_place_is_passed_over_at_once(
    folder: CheckpointFolder, name: str, kind: str
) -> None:
    """A pipe would make reading wait for ever, a terabyte of nothing for minutes. The next one is saved."""
    path = folder.path / name
    path.touch()
    replace_by(kind, path)
    assert load(folder)[0] == (2 if name[:1] != "2" else 1)
    if path.is_dir():
        (path / "x").touch()
    save(folder, 3)
    assert load(folder)[0] == 3


def test_one_of_another_run_is_refused(folder: CheckpointFolder) -> None:
    """It is whole, and would give wrong numbers: say whose it is, and the way out."""
    other = CheckpointFolder(folder.path, OWNER | {"run_hash": "cd34"})
    with pytest.raises(RunError, match=r"2\.json is a checkpoint of another run, for its run_hash differs"):
        load(other)


@pytest.mark.parametrize("dies_at", ["savez", "write_json"])
def test_a_crash_while_writing_leaves_the_one_before(
    folder: CheckpointFolder, dies_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was half written is gone with the next save."""

    def die(path: Any, *rest: Any, **more: Any) -> None:
        Path(path).write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        where = "numpy.savez" if dies_at == "savez" else "cnnlab.training.checkpoint.write_json"
        patch.setattr(where, die)
        with pytest.raises(KeyboardInterrupt):
            save(folder, 3)
    number, _ = load(folder)
    assert number == 2
    save(folder, 3)
    save(folder, 4)
    assert len(list(folder.path.iterdir())) == 4
    assert load(folder) == (4, [])


def test_nothing_in_it_is_pickled(folder: CheckpointFolder) -> None:
    """Objects are refused when they are written and when they are read."""
    assert json.loads((folder.path / "2.json").read_text())["state"] == {"epoch": 2, "best": None}
    with np.load(folder.path / "2.npz", allow_pickle=False) as stored:
        assert set(stored.files) == {"x", "state"}


def clock(monkeypatch: pytest.MonkeyPatch, **every: Any) -> tuple[CheckpointClock, SimpleNamespace]:
    """A clock whose time the test sets."""
    time = SimpleNamespace(now=0.0)
    monkeypatch.setattr("cnnlab.training.checkpoint.time.perf_counter", lambda: time.now)
    return CheckpointClock(SimpleNamespace(**{"epochs": None, "seconds": None, **every})), time


def test_due_after_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every third epoch, and never within one."""
    counted, time = clock(monkeypatch, epochs=3)
    time.now = 1e6
    assert not counted.due()
    assert [epoch for epoch in range(1, 10) if counted.due(epoch)] == [3, 6, 9]


def test_due_after_seconds_but_for_two_percent_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint that took 3 seconds is followed by a pause of 150."""
    counted, time = clock(monkeypatch, seconds=60.0)
    time.now = 59.0
    assert not counted.due()
    time.now = 60.0
    assert counted.due()
    counted.begin()
    time.now = 63.0
    counted.end()
    time.now = 63.0 + 149.0
    assert not counted.due(epoch=5)
    time.now += 1.0
    assert counted.due(epoch=5)
