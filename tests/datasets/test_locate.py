from pathlib import Path

import pytest

from cnnlab.datasets import DataPlaces, data_places, locate


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
