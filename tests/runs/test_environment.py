import json

import pytest

from cnnlab.runs.environment import DataRecord, Environment
from cnnlab.runs.record import read_record


def read(path, content):
    path.write_text(json.dumps(content))
    notes = []
    return read_record(Environment, path, notes), notes


def test_the_name_of_the_data():
    assert DataRecord(title="MNIST", dataset="mnist").name == "MNIST"
    assert DataRecord(dataset="mnist").name == "mnist"
    assert DataRecord().name == "data unknown"


@pytest.mark.parametrize(
    ("field", "damaged"),
    [
        *[("resumed", value) for value in (None, "x", 3, {}, [1], [[]])],
        *[
            ("repeats", value)
            for value in ([0, 1, 10**30], [-1], [10_000], ["0"], [0.0], None, {"0": 1}, "01")
        ],
        *[("packages", value) for value in ([], {"keras": 3}, {"keras": None}, "x")],
        *[("data", value) for value in (None, [], "mnist", 7)],
        *[("argv", value) for value in ("x", [1], {})],
    ],
)
def test_a_damaged_field_has_its_default_and_a_note(tmp_path, field, damaged):
    found, notes = read(tmp_path / "environment.json", {"cnnlab": "1.0", field: damaged})
    assert found.cnnlab == "1.0"
    assert getattr(found, field) == getattr(Environment(), field)
    assert notes == [f"environment.json: {field} is damaged"]


def test_every_text_is_printable_at_any_depth(tmp_path):
    evil = "\x1b]0;X\x07"
    content = {
        "keras_json": {evil: [{"a": evil}]},
        "variables": {evil: evil},
        "argv": [evil],
        "command": evil,
        "git": {"branch": evil},
        "machine": {"gpus": [{"name": evil}]},
        "resumed": [{"command": evil}],
    }
    found, notes = read(tmp_path / "environment.json", content)
    assert notes == [] and "\\u" not in found.model_dump_json().replace("\\ufffd", "")
    assert "\x1b" not in str(found) and "\\x1b" not in str(found)
