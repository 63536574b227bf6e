import json
import math

import pytest
import yaml

from cnnlab.errors import RunError
from cnnlab.runs.overview import overview
from cnnlab.runs.read import load_run
from cnnlab.runs.summary_files import write_summary


def test_a_finished_run(make_run):
    run = load_run(make_run(accuracies=[0.93, math.nan]).path)
    assert (run.kind, run.status, run.name, run.notes) == ("train", "done", "mnist128-lab2025", ())
    assert run.data.name == "MNIST"
    assert run.published["dataset"] == "mnist"
    first, second = run.repeats
    assert (first.seed, first.status) == (100, "done")
    assert first.metrics("test")["accuracy"] == 0.93
    assert math.isnan(second.metrics("test")["accuracy"])
    assert first.history["epoch"] == list(range(1, 13))


def test_hidden_test_labels_give_no_test_metrics(make_run):
    run = load_run(make_run(hidden_test=True).path)
    assert run.repeats[0].metrics("test") == {}
    assert run.repeats[0].metrics("validation")["accuracy"] == pytest.approx(0.927)


@pytest.mark.parametrize("damage", ["", "{", "null", "[1]", "\udcff", '{"repeats": 7}', "[" * 100_000])
@pytest.mark.parametrize("name", ["status.json", "config.yaml", "environment.json", "repeats/1/result.json"])
def test_damaged_files_become_notes_and_the_rest_is_read(make_run, name, damage):
    folder = make_run()
    (folder.path / name).write_bytes(damage.encode("utf-8", "surrogateescape"))
    run = load_run(folder.path)
    assert run.repeats[0].metrics("test")["accuracy"] == 0.93
    if damage != '{"repeats": 7}':
        assert any(name.rpartition("/")[2] in note for note in run.notes)


@pytest.mark.parametrize("value", ["null", "3", '"text"', "[]", "{}"])
def test_wrong_types_inside_never_stop_reading(make_run, value):
    folder = make_run()
    for path in (folder.status.path, folder.environment_path, folder.repeat(0).result_path):
        content = json.loads(path.read_text())
        path.write_text(json.dumps({key: json.loads(value) for key in content}))
    run = load_run(folder.path)
    assert len(run.repeats) == 3
    assert run.repeats[0].metrics("test") == {}
    assert isinstance(run.data.name, str) and run.data.notes == ()


def test_a_folder_that_has_just_been_made(tmp_path):
    run = load_run(tmp_path)
    assert (run.status, run.repeats) == ("unknown", ())
    assert "status.json is missing" in run.notes
    with pytest.raises(RunError, match="There is no run folder"):
        load_run(tmp_path / "nowhere")


def test_a_run_at_work_shows_what_is_there(make_run):
    folder = make_run()
    status = folder.status
    status.start("train", range(3))
    status.set_repeat(1, "running")
    folder.repeat(1).result_path.unlink()
    run = load_run(folder.path)
    assert (run.status, [repeat.status for repeat in run.repeats]) == (
        "running",
        ["waiting", "running", "waiting"],
    )
    assert run.done == ()
    assert run.repeats[1].history["epoch"][-1] == 12


def test_a_run_whose_process_was_killed_is_interrupted(make_run):
    folder = make_run()
    folder.repeat(2).result_path.unlink()
    content = folder.status.read().plain()
    content["repeats"]["1"]["status"] = content["repeats"]["2"]["status"] = "running"
    folder.status.path.write_text(json.dumps({**content, "status": "running", "pid": 2**22 + 1}))
    run = load_run(folder.path)
    assert run.status == "interrupted"
    assert [repeat.status for repeat in run.repeats] == ["done", "done", "interrupted"]
    assert any("process that wrote it is gone" in note for note in run.notes)


def test_done_without_a_result_is_noted(make_run):
    folder = make_run()
    folder.repeat(0).result_path.unlink()
    run = load_run(folder.path)
    assert len(run.done) == 2
    assert any("repeat 0 is marked as done" in note for note in run.notes)


ESCAPE = "\x1b]0;X\x07"


def printable_throughout(value):
    """Whether every text in plain data, keys too, is without control characters."""
    if isinstance(value, dict):
        return all(map(printable_throughout, [*value, *value.values()]))
    if isinstance(value, list | tuple):
        return all(map(printable_throughout, value))
    return not isinstance(value, str) or value.isprintable()


def with_escapes(value):
    """Plain data with an escape sequence in every text, keys too, but for those that say what is meant."""
    if isinstance(value, dict):
        return {key: with_escapes(entry) for key, entry in value.items()} | {ESCAPE: ESCAPE}
    if isinstance(value, list):
        return [*map(with_escapes, value), ESCAPE]
    return f"{value}{ESCAPE}" if isinstance(value, str) else value


def test_no_text_of_any_file_reaches_a_terminal_as_an_escape_sequence(make_run):
    folder = make_run(failed=["a"])
    write_summary(folder.path)
    for path in (
        folder.status.path,
        folder.environment_path,
        folder.repeat(0).result_path,
        folder.summary_json_path,
    ):
        path.write_text(json.dumps(with_escapes(json.loads(path.read_text()))))
    config = with_escapes(yaml.safe_load(folder.config_path.read_text()))
    folder.config_path.write_text(yaml.safe_dump(config))
    run = load_run(folder.path)
    assert run.name.startswith("mnist128") and "X" in run.name
    assert run.environment.data.title.startswith("MNIST")
    assert printable_throughout([run.name, run.kind, run.status, run.started, run.notes, run.config])
    assert printable_throughout(run.environment.model_dump())
    for repeat in run.repeats:
        assert printable_throughout([repeat.status, repeat.error, repeat.result.model_dump()])
    assert printable_throughout([run.summary, run.records()])
    one = overview(folder.path)
    assert printable_throughout([one.name, one.kind, one.status, one.started, one.dataset, one.notes])


@pytest.mark.parametrize("repeats", [[0, 1, 10**30], [0, -1], [0, "1"], {"0": 1}, [0, True]])
def test_repeats_that_no_config_can_ask_for_are_none(make_run, repeats):
    folder = make_run()
    content = json.loads(folder.environment_path.read_text())
    folder.environment_path.write_text(json.dumps({**content, "repeats": repeats}))
    run = load_run(folder.path)
    assert run.environment.repeats == ()
    assert run.notes == ("environment.json: repeats is damaged",)


def test_repeats_beyond_all_numbers_are_left_out(make_run):
    folder = make_run()
    (folder.repeats_path / "9").mkdir()
    (folder.path / "repeats" / ("9" * 40)).mkdir()
    content = json.loads(folder.status.path.read_text())
    content["repeats"] |= {"9" * 5000: {"status": "done"}, "-1": {}, "x": {}}
    folder.status.path.write_text(json.dumps(content))
    assert [repeat.k for repeat in load_run(folder.path).repeats] == [0, 1, 2, 9]
