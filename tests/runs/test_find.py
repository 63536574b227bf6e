from datetime import datetime

import pytest

from cnnlab.errors import RunError
from cnnlab.runs.find import find_run, find_runs, list_runs, runs_directory
from cnnlab.runs.folder import RunFolder


@pytest.fixture
def runs(tmp_path):
    """Three runs, the oldest first, among things that are none."""
    directory = tmp_path / "runs"
    names = ["baseline", "lab2024", "lab2025"]
    paths = [
        RunFolder.create(directory, name, f"{i}abcdef0", datetime(2026, 11, 20 + i)).path
        for i, name in enumerate(names)
    ]
    (directory / "README.md").write_text("x")
    (directory / "notes").mkdir()
    return paths


def test_newest_first_and_nothing_else(runs):
    assert list_runs(runs[0].parent) == runs[::-1]
    assert list_runs(runs[0].parent / "missing") == []


def test_same_second_later_start_is_newer(tmp_path):
    now = datetime(2026, 11, 21)
    made = [RunFolder.create(tmp_path, "a", "01234567", now).path for _ in range(11)]
    assert list_runs(tmp_path) == made[::-1]


@pytest.mark.parametrize(
    "word", ["latest", "lab2025", "2abc", "20261122", "20261122-000000_lab2025_2abcdef0"]
)
def test_words_for_the_newest(runs, word):
    assert find_run(word, runs[0].parent) == runs[2]


def test_paths_from_anywhere(runs, monkeypatch):
    monkeypatch.chdir(runs[0])
    assert find_run(".", runs[0].parent).resolve() == runs[0]
    assert find_run(str(runs[1]), runs[0].parent) == runs[1]
    assert find_run(f"../{runs[1].name}", runs[0]).resolve() == runs[1]


def test_an_exact_name_wins_over_longer_ones(tmp_path):
    first = RunFolder.create(tmp_path, "a", "01234567", datetime(2026, 1, 1)).path
    second = RunFolder.create(tmp_path, "a", "01234567", datetime(2026, 1, 1)).path
    assert find_run(first.name, tmp_path) == first
    assert find_run("a", tmp_path) == second


def test_globs_and_several_words_count_each_run_once(runs, tmp_path):
    (tmp_path / "link").symlink_to(runs[0])
    directory = runs[0].parent
    assert find_runs(["*lab*"], directory) == [runs[2], runs[1]]
    assert find_runs([str(directory / "*")], directory) == runs[::-1]
    assert find_runs(["baseline", str(tmp_path / "link"), str(runs[0])], directory) == [runs[0]]
    assert find_runs([], directory) == [runs[2]]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("lab", "'lab' fits 2 runs, write more of it: .*lab2025.*, .*lab2024"),
        ("lab2026", r"There is no run 'lab2026' in .*\. Near it: .*lab202"),
        ("zzz", "There is no run 'zzz' in .* Name a folder"),
        ("*zzz*", r"No run folder matches '\*zzz\*'"),
        ("", "An empty name"),
        ("\0", "There is no run"),
    ],
)
def test_words_that_mean_no_run(runs, word, text):
    with pytest.raises(RunError, match=text):
        find_run(word, runs[0].parent)


def test_a_folder_that_is_no_run(runs):
    with pytest.raises(RunError, match=r"is not a run folder: it has neither status\.json nor config\.yaml"):
        find_run(str(runs[0].parent / "notes"), runs[0].parent)


def test_a_glob_for_one_run_must_match_one(runs):
    with pytest.raises(RunError, match=r"'\*' means 3 runs, expected one"):
        find_run("*", runs[0].parent)


def test_no_run_yet(tmp_path):
    with pytest.raises(RunError, match=r"There is no run in .* yet"):
        find_run("latest", tmp_path / "runs")


def test_where_runs_live(monkeypatch):
    monkeypatch.delenv("CNNLAB_RUNS", raising=False)
    assert str(runs_directory()) == "runs"
    monkeypatch.setenv("CNNLAB_RUNS", "/from/variable")
    assert str(runs_directory()) == "/from/variable"
    assert str(runs_directory("/from/option")) == "/from/option"
