from pathlib import Path

import pytest

from cnnlab.datasets import DataPlaces, data_places, locate
from cnnlab.errors import DataError


def put(folder: Path, name: str = "a.bin") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"x")
    return folder / name


def test_the_option_wins_over_the_variable_and_the_variable_over_the_cache(monkeypatch, tmp_path):
    assert data_places().explicit is None
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path))
    assert data_places() == DataPlaces(tmp_path, named_by="$CNNLAB_DATA")
    assert data_places("elsewhere").explicit == Path.cwd() / "elsewhere"
    assert data_places("~").explicit == Path.home()


def test_an_empty_variable_counts_as_unset(monkeypatch):
    monkeypatch.setenv("CNNLAB_DATA", "")
    assert data_places().explicit is None


def test_the_folder_comes_first_then_its_subfolder_then_others_then_the_cache(tmp_path, empty_home):
    places = DataPlaces(tmp_path / "data")
    (tmp_path / "data").mkdir()
    data, also, cache = tmp_path / "data", tmp_path / "also", empty_home / "cache"
    found = []
    for folder in (cache / "set", also, data / "set", data):
        put(folder)
        found.append(locate.find_file(places, "set", "a.bin", also=[also]).parent)
    assert found == [cache / "set", also, data / "set", data]


def test_a_file_named_in_place_of_a_folder_is_taken_whatever_its_name(tmp_path):
    path = put(tmp_path, "digits-2.npz")
    assert locate.find_file(DataPlaces(path), "mnist", "mnist.npz") == path


def test_a_named_folder_that_does_not_exist_is_an_error(tmp_path):
    with pytest.raises(locate.MissingDirectoryError, match=r"nowhere \(from --data-dir\) does not exist"):
        locate.find_file(DataPlaces(tmp_path / "nowhere"), "mnist", "mnist.npz")


def test_keras_home_is_respected(monkeypatch):
    monkeypatch.setenv("KERAS_HOME", "/k")
    assert locate.keras_directory() == Path("/k/datasets")
    monkeypatch.delenv("KERAS_HOME")
    assert locate.keras_directory() == Path.home() / ".keras" / "datasets"


def made(path: Path, *, folder: bool) -> Path:
    path.mkdir(parents=True) if folder else (path.parent.mkdir(parents=True, exist_ok=True), path.touch())
    return path


@pytest.mark.parametrize("folder", [False, True])
@pytest.mark.parametrize("where", ["own.x", "data/own.x", "home/me/data/own.x"])
def test_what_was_moved_is_found_by_the_end_of_its_path(where: str, folder: bool, tmp_path: Path) -> None:
    old, new = tmp_path / "home/me/data/own.x", tmp_path / "new"
    there = made(new / where, folder=folder)
    assert locate.own_data(old, DataPlaces(new), folder=folder) == there
    assert locate.own_data(old, DataPlaces(there), folder=folder) == there  # named itself
    made(old, folder=folder)
    assert locate.own_data(old, DataPlaces(new), folder=folder) == there
    assert locate.own_data(old, DataPlaces(new, named_by="$CNNLAB_DATA"), folder=folder) == old
    assert locate.own_data(old, DataPlaces(), folder=folder) == old


def test_the_longest_end_of_a_path_comes_first(tmp_path: Path) -> None:
    made(tmp_path / "new/own.npz", folder=False)
    there = made(tmp_path / "new/b/own.npz", folder=False)
    assert locate.own_data(tmp_path / "b/own.npz", DataPlaces(tmp_path / "new"), folder=False) == there


@pytest.mark.parametrize("folder", [False, True])
def test_what_was_renamed_too_must_be_named_itself_and_never_replaces_what_is_there(
    folder: bool, tmp_path: Path
) -> None:
    old, other = tmp_path / "own.npz", made(tmp_path / "new/other.npz", folder=folder)
    assert locate.own_data(old, DataPlaces(other), folder=folder) == other
    made(old, folder=folder)
    assert locate.own_data(old, DataPlaces(other), folder=folder) == old


@pytest.mark.parametrize(
    ("named", "message"),
    [
        (None, r"own\.npz cannot be read: there is no such file\. If it was moved, .*--data-dir"),
        (
            "new",
            r"none called own\.npz in .*new \(from --data-dir\), which holds a\.npz, b\.npz\. If it was moved",
        ),
        ("gone", r"in .*gone \(from --data-dir\), which does not exist\. If"),
    ],
)
def test_what_is_nowhere_is_told_with_the_way_out(named: str | None, message: str, tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz", "c.txt"):
        made(tmp_path / "new" / name, folder=False)
    places = DataPlaces(None if named is None else tmp_path / named)
    with pytest.raises(DataError, match=message):
        locate.own_data(tmp_path / "old/own.npz", places, folder=False)
