from datetime import datetime

import pytest

from cnnlab.errors import RunError
from cnnlab.runs.find import find_run, find_runs, find_sweep, list_runs, runs_directory
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.summary_files import write_summary
from cnnlab.runs.sweeps import cell_paths
from tests.fake_runs import make_run
from tests.fake_sweeps import RATE, make_sweep


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


def test_a_part_of_a_name_that_is_unique(tmp_path):
    """Where no name is that, or begins so; of several runs of one name, the newest."""
    for second, name in enumerate(["mnist128-lab2025", "mnist128-baseline", "mnist128-lab2025", "lab"]):
        RunFolder.create(tmp_path, name, "01234567", datetime(2026, 11, 21, 0, 0, second))
    lab, newest, baseline, first = list_runs(tmp_path)
    assert find_run("lab2025", tmp_path) == find_run("128-lab", tmp_path) == newest
    assert find_run("baseline", tmp_path) == find_run("base", tmp_path) == baseline
    assert find_run("lab", tmp_path) == lab
    assert find_run("mnist128-b", tmp_path) == find_run("mnist128-baseline_0123", tmp_path) == baseline
    assert find_run("20261121-000000", tmp_path) == first
    for word in ("mnist128", "128", "20261121", "0123"):
        with pytest.raises(RunError, match=f"'{word}' fits . runs, write more of it: 2026"):
            find_run(word, tmp_path)
    with pytest.raises(RunError, match="There is no run '7'"):  # times and hashes have no parts
        find_run("7", tmp_path)


def test_a_name_that_the_folder_does_not_have(tmp_path):
    """Folders can be renamed, and their own names are of ASCII alone: what the list shows is what can be typed."""
    made = make_run(tmp_path, name="Röntgen 数字 [a]", epochs=1, images=2)
    write_summary(made.path)
    made.path.rename(tmp_path / "best")
    RunFolder.create(tmp_path, "other", "01234567")
    for word in ("Röntgen 数字 [a]", "数字", "Rönt", "best", "es", "*字*", "Rö*", "b*"):
        assert find_run(word, tmp_path) == tmp_path / "best"


def test_globs_match_names_too(runs, tmp_path, monkeypatch):
    directory = runs[0].parent
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lab.yaml").write_text("x")  # as a person has it
    assert find_runs(["lab*"], directory) == [runs[2], runs[1]]
    assert find_runs(["lab202[45]", "base*e"], directory) == [runs[2], runs[1], runs[0]]
    assert find_runs(["ab20*"], directory) == [runs[2], runs[1]]  # as of names, a part will do
    assert find_runs(["2026112?-*"], directory) == runs[::-1]


def test_a_sweep_and_its_cells_by_name(tmp_path):
    """Also where a newer run has the sweep's name."""
    sweep = make_sweep(tmp_path, {RATE: [0.1, 0.2]}, lambda values: 0.5)
    cell = cell_paths(sweep)[1]
    assert find_run(f"{sweep.name}/{cell.name}", tmp_path) == cell
    assert find_sweep("rat", tmp_path) == find_run("ates", tmp_path, sweeps=True) == sweep
    run = RunFolder.create(tmp_path, "rates", "01234567").path
    assert (
        find_sweep("rates", tmp_path)
        == find_sweep("rat*", tmp_path)
        == find_sweep("latest", tmp_path)
        == sweep
    )
    with pytest.raises(RunError, match="is not a sweep"):
        find_sweep(run.name, tmp_path)
    with pytest.raises(RunError, match="There is no run 'x'"):
        find_sweep("x", tmp_path)


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
        ("*zzz*", r"No run matches '\*zzz\*'"),
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
