import time

import pytest
import yaml

from cnnlab.runs.config_file import load_yaml, read_config

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
)
MERGE_BOMB = "a: &a {x: 1}\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} {{<<: [{', '.join([f'*{chr(97 + i)}'] * 9)}]}}\n" for i in range(9)
)
STRANGE = {
    "alias bomb": BOMB,
    "merge bomb": MERGE_BOMB,
    "circle": "r: &r [*r]",
    "date": "seed: 2001-01-01",
    "binary": "seed: !!binary aGVsbG8=",
    "set": "seed: !!set {a, b}",
    "object": "seed: !!python/object/apply:os.system [ls]",
    "giant number": f"seed: {'9' * 5000}",
    "underscores": f"seed: {'9_' * 5000}",
    "many keys": "\n".join(f"k{i}: {i}" for i in range(200_000)),
    "deep": "a: " + "[" * 100_000,
    "key that is no text": "3: x",
    "no map": "- a",
    "nothing": "",
    "control character": 'a: "\x00"',
}


@pytest.mark.parametrize("kind", STRANGE)
def test_what_no_config_holds_is_damage(tmp_path, kind):
    path = tmp_path / "config.yaml"
    path.write_text(STRANGE[kind])
    notes = []
    began = time.monotonic()
    assert read_config(path, notes) == {}
    assert notes == ["config.yaml is damaged"]
    assert time.monotonic() - began < 10


def test_a_missing_config_is_noted(tmp_path):
    notes = []
    assert read_config(tmp_path / "config.yaml", notes) == {}
    assert notes == ["config.yaml is missing"]


def test_texts_are_printable(tmp_path):
    (tmp_path / "config.yaml").write_text(
        'name: "\\e]0;X\\a"\nseed: 3\ndata: {scale: [0.0, 1.0]}\nmodel: [null, true]\n'
    )
    notes = []
    config = read_config(tmp_path / "config.yaml", notes)
    assert config == {"name": "�]0;X�", "seed": 3, "data": {"scale": [0.0, 1.0]}, "model": [None, True]}
    assert notes == []


def test_a_value_may_be_used_twice(tmp_path):
    shared = [1, 2]
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"a": shared, "b": shared}))
    assert read_config(tmp_path / "config.yaml", []) == {"a": shared, "b": shared}


def test_shipped_configs_may_merge():
    assert load_yaml("a: &a {x: 1}\nb: {<<: *a, y: 2}") == {"a": {"x": 1}, "b": {"x": 1, "y": 2}}
