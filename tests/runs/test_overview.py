import json
import os
import shutil
from datetime import datetime, timedelta

import pytest

from cnnlab.errors import RunError
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.overview import Headline, chosen, overview, parse_since, start_of
from cnnlab.runs.summary_files import write_summary
from tests.fake_runs import BUNDLED


def edit(path, **changes):
    """Change keys of a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_finished_run(make_run):
    folder = make_run(accuracies=(0.9, 0.92), failed=["too large"], data=BUNDLED)
    write_summary(folder.path)
    one = overview(folder.path)
    assert (one.name, one.kind, one.status, one.done, one.planned) == (
        "mnist128-lab2025",
        "train",
        "partial",
        2,
        3,
    )
    assert one.headline == Headline("test", "accuracy", 2, 0.91, pytest.approx(0.014142135623730963))
    assert (one.dataset, one.bundled_for, one.notes) == ("mnist10k", "mnist", ())


def test_without_a_summary_the_finished_repeats_count(make_run):
    folder = make_run(accuracies=(0.5, 0.75))
    assert overview(folder.path).headline == Headline(
        "test", "accuracy", 2, 0.625, pytest.approx(0.1767766953)
    )


def test_validation_where_the_test_set_is_hidden(make_run):
    folder = make_run(accuracies=(0.9,), hidden_test=True)
    for _ in range(2):
        headline = overview(folder.path).headline
        assert (headline.split, headline.n, headline.sd) == ("validation", 1, None)
        assert headline.mean == pytest.approx(0.897)
        write_summary(folder.path)


def test_a_run_whose_process_is_gone(make_run):
    folder = make_run()
    edit(folder.status.path, status="running", pid=2**22 + 1)
    one = overview(folder.path)
    assert one.status == "interrupted"
    assert one.notes == ("its process is gone",)


def test_a_run_that_is_at_work(make_run):
    folder = make_run(accuracies=())
    folder.status.start("train", [0, 1])
    one = overview(folder.path)
    assert (one.status, one.done, one.planned, one.headline, one.notes) == ("running", 0, 2, None, ())


def test_another_version_is_told(make_run):
    folder = make_run()
    edit(folder.environment_path, cnnlab="0.0.1")
    assert overview(folder.path).notes == ("written by cnnlab 0.0.1",)


DAMAGES = {
    "nothing in it": lambda f: shutil.rmtree(f.path) or f.path.mkdir(),
    "status cut": lambda f: f.status.path.write_text('{"status": "do'),
    "status no object": lambda f: f.status.path.write_text("[]"),
    "status deep": lambda f: f.status.path.write_text("[" * 100_000),
    "status not UTF-8": lambda f: f.status.path.write_bytes(b"\xff\xfe\x00"),
    "status a folder": lambda f: f.status.path.unlink() or f.status.path.mkdir(),
    "status without repeats": lambda f: edit(f.status.path, repeats=None),
    "repeats odd": lambda f: edit(f.status.path, repeats={"0": 3, "1": {"status": 4}, "x": {}}),
    "status odd": lambda f: edit(f.status.path, status=7, started=8, command=[], pid="x"),
    "summary odd": lambda f: f.summary_json_path.write_text(
        '{"metrics": {"test": {"accuracy": 3}}, "name": 4}'
    ),
    "summary empty": lambda f: f.summary_json_path.write_text(""),
    "environment odd": lambda f: f.environment_path.write_text('{"data": 3, "cnnlab": 1}'),
    "result cut": lambda f: f.repeat(0).result_path.write_text('{"metrics"'),
    "verify odd": lambda f: (
        edit(f.status.path, command="verify") or f.verify_path.write_text('{"passed": 3}')
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_no_damage_stops_a_list(make_run, damage):
    folder = make_run(accuracies=(0.9,))
    DAMAGES[damage](folder)
    one = overview(folder.path)
    assert one.name
    assert isinstance(one.status, str)
    start_of(one)


def test_what_is_damaged_is_said(make_run):
    folder = make_run(accuracies=(0.9,))
    folder.status.path.write_text("{")
    folder.environment_path.unlink()
    one = overview(folder.path)
    assert (one.status, one.notes) == ("damaged", ("status.json is damaged", "environment.json is missing"))
    assert one.started == "2026-11-21T23:59:59"


def test_filters(make_run):
    old = make_run(name="baseline", now=datetime(2026, 1, 2))
    new = make_run(name="lab2025", failed=["x"], now=datetime(2026, 1, 3))
    edit(old.status.path, started="2026-01-02T00:00:00")
    edit(new.status.path, started="2026-01-03T00:00:00")
    both = [overview(new.path), overview(old.path)]
    assert chosen(both) == both
    assert chosen(both, name="lab") == both[:1]
    assert chosen(both, name="b*e") == both[1:]
    assert chosen(both, name="ase*n") == both[1:]  # as elsewhere, a part will do
    assert chosen(both, statuses=["partial", "failed"]) == both[:1]
    assert chosen(both, since=datetime(2026, 1, 2, 12).astimezone()) == both[:1]
    assert chosen(both, since=datetime(2026, 1, 2).astimezone()) == both


def test_since():
    now = datetime(2026, 11, 21, 12).astimezone()
    assert parse_since("7d", now) == now - timedelta(days=7)
    assert parse_since("12h", now) == now - timedelta(hours=12)
    assert parse_since("2w", now) == now - timedelta(weeks=2)
    assert parse_since("2026-11-01") == datetime(2026, 11, 1).astimezone()
    assert parse_since("2026-11-01T10:30") == datetime(2026, 11, 1, 10, 30).astimezone()


@pytest.mark.parametrize("text", ["", "d", "-3d", "yesterday", "9999999999d", "²d", "2026-13-01"])
def test_since_that_means_nothing(text):
    with pytest.raises(RunError, match="--since expects a date such as"):
        parse_since(text)


def test_a_folder_that_vanishes_meanwhile(tmp_path):
    one = overview(tmp_path / "20260101-000000_gone_01234567")
    assert (one.name, one.status) == ("gone", "damaged")


def test_an_unreadable_folder(make_run):
    folder = make_run(accuracies=(0.9,))
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    folder.path.chmod(0)
    try:
        assert overview(RunFolder(folder.path).path).status == "damaged"
    finally:
        folder.path.chmod(0o700)
