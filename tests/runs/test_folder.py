import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.errors import RunError
from cnnlab.runs.folder import RunFolder, slug

NOW = datetime(2026, 11, 21, 23, 59, 59)
HASH = "1a2b3c4d5e6f"


def test_name_says_start_name_and_hash(tmp_path):
    folder = RunFolder.create(tmp_path / "made" / "for it", "mnist128-lab2025", HASH, NOW)
    assert folder.path.name == "20261121-235959_mnist128-lab2025_1a2b3c4d"
    assert folder.path.is_dir()
    assert folder.name == "mnist128-lab2025"


def test_starts_in_the_same_second_all_get_a_folder(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: RunFolder.create(tmp_path, "a", HASH, NOW), range(20)))
    assert len({folder.path for folder in made}) == 20
    assert {folder.name for folder in made} == {"a"}
    assert (tmp_path / "20261121-235959_a_1a2b3c4d-2").is_dir()


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/x", "..", ".", "", "a\nb", "~", "CON:\\x", "x" * 999, "\0"]
)
def test_hostile_names_stay_inside(tmp_path, name):
    path = RunFolder.create(tmp_path / "runs", name, HASH, NOW).path
    assert path.resolve().parent == (tmp_path / "runs").resolve()
    assert re.fullmatch(r"20261121-235959_[A-Za-z0-9][A-Za-z0-9._-]*_1a2b3c4d", path.name)
    assert [p.name for p in tmp_path.iterdir()] == ["runs"]


@given(st.text())
def test_slug_is_one_harmless_part_of_a_path(name):
    assert re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,78}[A-Za-z0-9])?", slug(name))
    assert slug(slug(name)) == slug(name)


def test_slug_drops_accents():
    assert slug("Försök é 3") == "Forsok-e-3"


@pytest.mark.parametrize("place", ["file", "file/below", "dangling"])
def test_a_runs_directory_that_is_none_is_one_sentence(tmp_path, place):
    (tmp_path / "file").write_text("x")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    with pytest.raises(
        RunError, match=r"^Cannot make a run folder in .* is not a directory\. Name another place"
    ):
        RunFolder.create(tmp_path / place, "a", HASH)


def test_a_read_only_runs_directory_is_one_sentence(tmp_path, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(RunError, match=r"Permission denied\. Name another place with --runs-dir DIR"):
        RunFolder.create(tmp_path, "a", HASH)


def test_a_wrong_hash_is_a_mistake_of_the_caller(tmp_path):
    with pytest.raises(ValueError, match="8 hex digits"):
        RunFolder.create(tmp_path, "a", "../../..")


def test_paths_of_a_run_and_its_repeats(tmp_path):
    folder = RunFolder(tmp_path)
    repeat = folder.repeat(3).make()
    assert repeat.path == tmp_path / "repeats" / "3"
    assert repeat.metrics_path == tmp_path / "repeats" / "3" / "metrics.csv"
    (folder.repeats_path / "10").mkdir()
    (folder.repeats_path / "notes").mkdir()
    (folder.repeats_path / "7").write_text("a file")
    assert [r.k for r in folder.repeat_folders()] == [3, 10]
    assert RunFolder(tmp_path / "none").repeat_folders() == []
