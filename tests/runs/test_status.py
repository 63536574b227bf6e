import json
import subprocess
import sys

import pytest

from cnnlab.errors import RunError
from cnnlab.runs.status import RepeatState, Status, StatusFile, sum_up


@pytest.fixture
def status(tmp_path):
    file = StatusFile(tmp_path / "status.json")
    file.start("train", range(2))
    return file


def test_start_records_kind_time_process_and_waiting_repeats(status):
    content = status.read()
    assert content.command == "train"
    assert content.status == "running"
    assert content.ended is None
    assert content.repeats == {k: RepeatState(status="waiting", error=None) for k in (0, 1)}
    assert content.started[:2] == "20"
    assert not content.writer_is_gone
    written = json.loads(status.path.read_text())
    assert written["repeats"] == {k: {"status": "waiting", "error": None} for k in "01"}


def test_a_failed_repeat_makes_the_run_partial_and_keeps_its_error(status):
    status.set_repeat(0, "done")
    status.set_repeat(1, "failed", "the loss is nan in epoch 3")
    assert status.finish() == "partial"
    content = status.read()
    assert content.repeats[1] == RepeatState(status="failed", error="the loss is nan in epoch 3")
    assert content.errors == {1: "the loss is nan in epoch 3"}
    assert content.ended >= content.started


def test_interrupted_run_marks_what_was_not_finished(status):
    status.set_repeat(0, "done")
    status.set_repeat(1, "running")
    assert status.finish("interrupted") == "interrupted"
    assert [r.status for r in status.read().repeats.values()] == ["done", "interrupted"]


def test_resume_keeps_the_start_and_what_is_done(status):
    started = status.read().started
    status.set_repeat(0, "done")
    status.finish("interrupted")
    status.resume(done=[0], waiting=[1])
    content = status.read()
    assert content.started == started
    assert (content.status, content.ended) == ("running", None)
    assert [r.status for r in content.repeats.values()] == ["done", "waiting"]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["done", "done"], "done"),
        (["done", "failed"], "partial"),
        (["failed", "failed"], "failed"),
        (["done", "interrupted"], "interrupted"),
        ([], "done"),
    ],
)
def test_sum_up(statuses, expected):
    assert sum_up(statuses) == expected


def test_unknown_words_are_refused(status):
    with pytest.raises(ValueError, match="should be 'waiting', 'running', 'done', 'failed', "):
        status.set_repeat(0, "finished")
    with pytest.raises(ValueError, match="should be 'train', 'verify', 'judge' or 'sweep'"):
        status.start("report", [])


@pytest.mark.parametrize("text", ["", "{", "[]", '{"status": "done"}', "\0"])
def test_damaged_files_are_one_sentence(tmp_path, text):
    (tmp_path / "status.json").write_text(text)
    with pytest.raises(RunError, match="is damaged"):
        StatusFile(tmp_path / "status.json").read()


def test_a_writer_that_was_killed_is_gone(status):
    code = f"from cnnlab.runs.status import *; StatusFile(__import__('pathlib').Path({str(status.path)!r}))"
    subprocess.run([sys.executable, "-c", code + ".start('train', [0])"], check=True)
    assert status.read().writer_is_gone


def test_a_later_process_with_the_same_number_is_not_the_writer(status):
    content = status.read()
    if content.process is None:
        pytest.skip("this system does not tell when a process started")
    status.path.write_text(json.dumps({**content.plain(), "process": "1"}))
    assert status.read().writer_is_gone
    assert not status.read().updated(Status(host="elsewhere")).writer_is_gone
