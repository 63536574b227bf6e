import json
import math
import os

import numpy as np
import pytest

from cnnlab import files
from cnnlab.errors import RunError


def test_write_text_keeps_characters_and_line_breaks(tmp_path):
    files.write_text(tmp_path / "a.txt", "é\r\nb\n")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa9\r\nb\n"


def test_what_killed_processes_left_is_removed_and_nothing_else(tmp_path):
    kept = [".hidden", ".a.tmp", "b.0123abcd.tmp.json", ".c.0123abcd.tmp.d/e"]
    left = [".model.0123abcd.tmp.keras", "repeats/0/.state.89abcdef.tmp"]
    for name in [*kept, *left]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    files.remove_leftovers(tmp_path)
    assert {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()} == set(kept)


def test_json_without_nan_reads_back_by_float(tmp_path):
    path = tmp_path / "a.json"
    values = {"a": math.nan, "b": [math.inf, -math.inf], "c": None, "d": np.float32(0.5), "e": np.arange(2)}
    files.write_json(path, values)
    content = json.loads(path.read_text(), parse_constant=lambda name: pytest.fail(name))
    assert content == {"a": "NaN", "b": ["Infinity", "-Infinity"], "c": None, "d": 0.5, "e": [0, 1]}
    assert math.isnan(float(content["a"]))
    assert float(content["b"][1]) == -math.inf


def test_json_is_harmless_to_a_terminal_and_says_the_same():
    content = {"\x1b[2J": "\u202e\x9b31m\x7f\u2028", "a": ["é", "数", "\xa0"]}
    for indent in (None, 2):
        text = files.to_json_text(content, indent)
        assert all(line.isprintable() for line in text.split("\n"))
        assert json.loads(text) == content
    assert "é" in text and "数" in text


def test_json_refuses_what_it_cannot_hold(tmp_path):
    with pytest.raises(TypeError, match="JSON cannot hold a object"):
        files.write_json(tmp_path / "a.json", {"a": object()})
    assert list(tmp_path.iterdir()) == []


def test_a_body_that_raises_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "a.npz"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), files.atomic_path(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_temporary_name_is_hidden_beside_the_target_with_its_suffix(tmp_path):
    with files.atomic_path(tmp_path / "model.keras") as temporary:
        assert temporary.parent == tmp_path
        assert temporary.name.startswith(".model.")
        assert temporary.suffix == ".keras"
        temporary.write_text("new")
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


def test_numpy_saves_through_it(tmp_path):
    with files.atomic_path(tmp_path / "a.npz") as temporary:
        np.savez(temporary, x=np.arange(3))
    assert np.load(tmp_path / "a.npz")["x"].tolist() == [0, 1, 2]


def test_a_missing_folder_is_one_sentence(tmp_path):
    with pytest.raises(RunError, match=r"Cannot write .*a\.txt: No such file or directory\."):
        files.write_text(tmp_path / "nowhere" / "a.txt", "x")


def test_appending_follows_no_link_and_opens_no_pipe(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "a.csv").symlink_to(victim)
    os.mkfifo(tmp_path / "b.csv")
    (tmp_path / "hard.csv").hardlink_to(victim)
    for name in ("a.csv", "b.csv", "hard.csv"):
        with pytest.raises(RunError, match=r"\.csv is (not an ordinary file|a hard link): remove it"):
            files.append_text(tmp_path / name, "x")
    assert victim.read_text() == "precious"
    files.append_text(tmp_path / "c.csv", "x")
    files.append_text(tmp_path / "c.csv", "y")
    assert (tmp_path / "c.csv").read_text() == "xy"
