import shutil

import pytest

from cnnlab.errors import RunError
from cnnlab.report.selection import select_runs


@pytest.fixture
def runs(make_run, tmp_path):
    """Two runs beside a page and a folder that are none."""
    made = [make_run(name=name, epochs=1, images=2).path for name in ("a", "b")]
    (tmp_path / "runs/README.md").write_text("x")
    (tmp_path / "runs/notes").mkdir()
    return made


def test_the_newest_without_words(runs, tmp_path):
    assert select_runs([], tmp_path / "runs").paths == (runs[1],)


@pytest.mark.parametrize("words", [["runs/*"], ["runs/README.md", "runs/notes", "a", "b"]])
def test_entries_that_are_no_run_folders_are_left_out_with_a_note(runs, tmp_path, words):
    chosen = select_runs(words, tmp_path / "runs")
    assert [path.name for path in chosen.paths] == [path.name for path in runs]
    assert chosen.notes == ("runs/README.md, runs/notes are not run folders: left out",)


def test_given_twice_or_through_a_link_counts_once(runs, tmp_path):
    (tmp_path / "link").symlink_to(runs[0])
    chosen = select_runs([str(runs[0]), "link", "a", str(runs[0])], tmp_path / "runs")
    assert chosen.paths == (runs[0],)
    name = runs[0].name
    assert chosen.notes == (
        f"{name} was given twice (through link): counted once",
        f"{name} was given twice: counted once",
    )


def test_nothing_left_names_the_way_out(runs, tmp_path):
    with pytest.raises(
        RunError, match=r"runs is not a run folder; none remains .* runs holds some: name runs/\*"
    ):
        select_runs(["runs"], tmp_path / "elsewhere")
    with pytest.raises(RunError, match="There is no run 'c'"):
        select_runs(["a", "c"], tmp_path / "runs")


def test_a_name_with_brackets_is_a_path_when_it_exists(runs, tmp_path):
    shutil.move(runs[0], tmp_path / "runs/odd[1]")
    assert select_runs(["runs/odd[1]"], tmp_path / "runs").paths[0].name == "odd[1]"


def test_a_glob_of_names_beside_files_that_it_matches(runs, tmp_path, monkeypatch):
    """A config or a folder of reports called alike is not what is meant."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text("x")
    assert select_runs(["a*"], tmp_path / "runs").paths == (runs[0],)
    assert select_runs(["[ab]"], tmp_path / "runs").paths == (runs[1], runs[0])
