import pytest

from cnnlab.errors import RunError
from cnnlab.runs.find import list_runs
from cnnlab.runs.lock import RunLock
from cnnlab.runs.remove import check_removable, remove_run, size_of


def test_a_run_goes_and_its_neighbours_stay(make_run):
    doomed, kept = make_run(name="a"), make_run(name="b")
    remove_run(doomed.path, doomed.path.parent)
    assert list(kept.path.parent.iterdir()) == [kept.path]


def test_links_in_a_run_are_not_followed(make_run, tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "data").write_text("x")
    folder = make_run()
    (folder.path / "link").symlink_to(precious)
    (folder.path / "file").symlink_to(precious / "data")
    remove_run(folder.path, folder.path.parent)
    assert (precious / "data").read_text() == "x"


def test_never_through_a_link(make_run, tmp_path):
    folder = make_run()
    runs_dir = folder.path.parent
    inside, outside = runs_dir / "20260101-000000_link_01234567", tmp_path / "link"
    for link in (inside, outside):
        link.symlink_to(folder.path)
        with pytest.raises(RunError, match="it is a link"):
            remove_run(link, runs_dir)
    assert folder.status.path.is_file()


def test_never_outside_the_runs_directory(make_run, tmp_path):
    folder = make_run()
    for directory in (tmp_path, tmp_path / "elsewhere", folder.path):
        with pytest.raises(RunError, match="it is not in the runs directory"):
            remove_run(folder.path, directory)
    below = folder.path / "20260101-000000_nested_01234567"
    below.mkdir()
    with pytest.raises(RunError, match="it is not in the runs directory"):
        remove_run(below, folder.path.parent)
    with pytest.raises(RunError, match="it is not in the runs directory"):
        remove_run(folder.path / "..", folder.path.parent)


def test_a_runs_directory_that_is_a_link_is_the_users_own_choice(make_run, tmp_path):
    folder = make_run()
    (tmp_path / "short").symlink_to(folder.path.parent)
    remove_run(tmp_path / "short" / folder.path.name, tmp_path / "short")
    assert list_runs(folder.path.parent) == []


def test_never_what_is_no_run(make_run):
    folder = make_run()
    notes = folder.path.parent / "notes"
    notes.mkdir()
    (notes / "config.yaml").write_text("mine")
    with pytest.raises(RunError, match=r"it is not a run folder: it has no status\.json"):
        remove_run(notes, folder.path.parent)
    with pytest.raises(RunError, match="there is no such folder"):
        remove_run(folder.path.parent / "gone", folder.path.parent)
    assert (notes / "config.yaml").exists()


def test_never_one_that_runs(make_run):
    folder = make_run(accuracies=())
    folder.status.start("train", [0])
    with pytest.raises(RunError, match="it is running"):
        remove_run(folder.path, folder.path.parent)


def test_never_one_that_is_about_to_go_on(make_run):
    folder = make_run()
    with RunLock(folder.path), pytest.raises(RunError, match="is in use by process"):
        remove_run(folder.path, folder.path.parent)
    assert folder.status.path.exists()


@pytest.mark.parametrize("content", ["{", '{"status": "running"}'])
def test_a_damaged_run_can_go(make_run, content):
    folder = make_run()
    folder.status.path.write_text(content)
    remove_run(folder.path, folder.path.parent)
    assert not folder.path.exists()


def test_all_objections_at_once_and_before_anything_is_removed(make_run, tmp_path):
    running = make_run(name="a", accuracies=())
    running.status.start("train", [0])
    paths = [running.path, tmp_path]
    with pytest.raises(RunError, match=r"(?s)Nothing is removed:.*it is running.*not in the runs directory"):
        check_removable(paths, running.path.parent)


def test_size_counts_files_and_no_links(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"x" * 1000)
    assert size_of(tmp_path) == 1000
    assert size_of(tmp_path / "missing") == 0
