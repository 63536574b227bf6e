"""A repeat's files, sent home by a node that does not see its folder."""

from pathlib import Path

from cnnlab.executors.files import manifests, packed, proof_of_sharing, unpack
from cnnlab.files import remove_leftovers


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def test_the_newest_checkpoint_of_each_network_travels(tmp_path: Path) -> None:
    here, home = tmp_path / "here", tmp_path / "home"
    write(
        here,
        "metrics.csv",
        "checkpoint/9.npz",
        "checkpoint/9.json",
        "checkpoint/10.npz",
        "checkpoint/10.json",
    )
    write(here, "checkpoint/11.npz", ".log.0123abcd.tmp.txt", "members/1/checkpoint/2.json")
    write(home, "metrics.csv", "checkpoint/8.npz", "checkpoint/8.json", "log.txt")
    files = packed(here)
    assert set(files) == {
        "metrics.csv",
        "checkpoint/10.npz",
        "checkpoint/10.json",
        "members/1/checkpoint/2.json",
    }
    unpack(files, home)
    assert packed(home) == {**files, "log.txt": b"log.txt"}
    assert {path.name for path in manifests(home)} == {"10.json", "2.json"}


def test_the_last_files_of_a_repeat_take_its_checkpoints_away(tmp_path: Path) -> None:
    here, home = tmp_path / "here", tmp_path / "home"
    write(here, "result.json", "model.keras")
    write(home, "checkpoint/8.npz", "checkpoint/8.json")
    unpack(packed(here), home)
    assert sorted(path.name for path in home.iterdir()) == ["model.keras", "result.json"]


def test_there_is_nothing_to_send_of_a_repeat_that_never_began(tmp_path: Path) -> None:
    assert packed(tmp_path / "none") == {}


def test_a_proof_left_by_a_killed_command_is_a_leftover(tmp_path: Path) -> None:
    with proof_of_sharing(tmp_path) as name:
        assert (tmp_path / name).exists()
        remove_leftovers(tmp_path)
        assert not (tmp_path / name).exists()
