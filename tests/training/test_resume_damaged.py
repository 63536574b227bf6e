"""A repeat whose files were damaged after it was stopped: it resumes, and ends in the bits of one never stopped."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.training.interrupted import checked, fingerprint, train

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("resume")]

CONFIG: dict[str, Any] = {
    "name": "damaged",
    "data": {"dataset": "mnist10k", "train_size": 40, "limit_per_split": 60},
    "model": ["flatten", {"dense_block": {"units": 4, "dropout": 0.2}}, "classifier"],
    "training": {
        "epochs": 4,
        "batch_size": 8,
        "threads": 1,
        "metrics": ["auc_onehot"],  # from an epoch's probabilities, which a checkpoint within the epoch holds
        "schedule": {"name": "cosine", "warmup": 0.4},
        "checkpoint_every": {"epochs": 1},
    },
}
LOOKS = 2 * 7 + 3  # a look after each of 5 steps, the validation, and the epoch: within the third epoch


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any, Path]:
    """The config, its data, and a folder with the same repeat twice: whole, and stopped with two checkpoints."""
    from cnnlab.runs.folder import RepeatFolder
    from cnnlab.training import progress
    from cnnlab.training.fitting import Hooks
    from cnnlab.training.prepare import load_data
    from cnnlab.training.repeat import train_one
    from cnnlab.training.rules import Stopped

    place = tmp_path_factory.mktemp("stopped")
    config = checked(CONFIG, place)
    data = load_data(config, None)
    train(config, place / "whole", data)
    left = iter(range(LOOKS))

    def look() -> None:
        if next(left, None) is None:
            raise Stopped

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress, "SECONDS_PER_CALL", 0.0)
        with pytest.raises(Stopped):
            train_one(config, 0, RepeatFolder(place / "stopped/0", 0).make(), data, hooks=Hooks(check=look))
    assert len((place / "stopped/0/metrics.csv").read_text().splitlines()) == 3
    assert len(list((place / "stopped/0/checkpoint").glob("*.json"))) == 2
    return config, data, place


def changed(path: Path) -> None:
    path.write_text(path.read_text().replace("1", "7").replace("0", "3"))


def cut(path: Path) -> None:
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))


def of_another_run(path: Path) -> None:
    path.write_text("epoch,seconds,accuracy\n1,0.1,0.5\n2,0.1,0.5\n3,0.1,0.5\n")


def one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


TABLES: dict[str, Callable[[Path], object]] = {
    "changed digits": changed,
    "cut below the checkpoint": cut,
    "a table of another run": of_another_run,
    "more rows": lambda path: path.write_text(path.read_text() * 2),
    "binary": lambda path: path.write_bytes(bytes(range(256)) * 9),
    "empty": lambda path: path.write_text(""),
    "removed": Path.unlink,
}
NEWEST, BOTH = slice(-1, None), slice(None)
CHECKPOINTS: dict[str, tuple[str, slice, Callable[[Path], object], int]] = {  # and the sentences about them
    "the newest arrays": ("*.npz", NEWEST, one_bit, 1),
    "the newest manifest": ("*.json", NEWEST, one_bit, 1),
    "the newest manifest removed": ("*.json", NEWEST, Path.unlink, 0),
    "all arrays": ("*.npz", BOTH, lambda path: path.write_bytes(b""), 2),
    "all manifests": ("*.json", BOTH, lambda path: path.write_text("[" * 100_000), 2),
}


def resumed(stopped: tuple[Any, Any, Path], repeat: Path) -> list[str]:
    """Train the rest of a copy of the stopped repeat: the same bits. Returns what was noted."""
    config, data, place = stopped
    notes = train(config, repeat.parent, data)
    assert fingerprint(repeat) == fingerprint(place / "whole/0")
    return notes


@pytest.fixture
def repeat(stopped: tuple[Any, Any, Path], tmp_path: Path) -> Path:
    """A copy of the stopped repeat, to spoil."""
    return Path(shutil.copytree(stopped[2] / "stopped/0", tmp_path / "0"))


@pytest.mark.parametrize("damage", TABLES.values(), ids=TABLES)
def test_damaged_tables_are_written_again_from_the_checkpoint(
    damage: Callable[[Path], object], stopped: tuple[Any, Any, Path], repeat: Path
) -> None:
    for name in ("metrics.csv", "inputs.csv"):
        damage(repeat / name)
    (repeat / "log.txt").write_bytes(b"\xff\0")
    (repeat / "result.json").write_text("{")
    assert resumed(stopped, repeat) == []


@pytest.mark.parametrize(("pattern", "which", "damage", "sentences"), CHECKPOINTS.values(), ids=CHECKPOINTS)
def test_a_damaged_checkpoint_gives_way_to_the_one_before_or_to_the_start(
    pattern: str,
    which: slice,
    damage: Callable[[Path], object],
    sentences: int,
    stopped: tuple[Any, Any, Path],
    repeat: Path,
) -> None:
    for path in sorted((repeat / "checkpoint").glob(pattern))[which]:
        damage(path)
    changed(repeat / "metrics.csv")
    assert len(resumed(stopped, repeat)) == sentences
