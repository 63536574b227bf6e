"""explanation.json: what is written is what is read, and a stranger's damaged file is a note."""

import json

import pytest

from cnnlab.files import write_json
from cnnlab.runs.explanation import CentralSquare, Explanation, MapFigures, read_explanation
from cnnlab.runs.read import load_run
from tests import fake_runs
from tests.hostile import REPLACEMENTS, replace_by

FOUND = Explanation(
    repeat=0,
    split="test",
    hits=2,
    mistakes=1,
    layer="conv",
    seed=3,
    center=CentralSquare(side=4, holds="what counts", area=0.25),
    methods=(MapFigures(method="Grad-CAM", share=0.5, random_share=0.25, correlation=-0.1),),
    notes=("a note",),
)


@pytest.fixture
def explained(tmp_path):
    """A run whose first repeat is explained, and that repeat's file."""
    folder = fake_runs.make_run(tmp_path / "runs", accuracies=[0.9, 0.8])
    write_json(folder.repeat(0).explanation_path, FOUND)
    return load_run(folder.path), folder.repeat(0).explanation_path


def test_what_is_written_is_read(explained):
    run, _ = explained
    notes: list[str] = []
    assert [read_explanation(repeat, notes) for repeat in run.done] == [FOUND, None]
    assert not notes


@pytest.mark.parametrize("name", [name for name in REPLACEMENTS if name != "nothing"])
def test_something_else_in_its_place_is_a_note(explained, name):
    run, path = explained
    replace_by(name, path)
    notes: list[str] = []
    assert read_explanation(run.done[0], notes) is None
    assert len(notes) == 1 and notes[0].startswith("repeats/0/explanation.json is ")


def test_impossible_numbers_are_not_known(explained):
    run, path = explained
    content = json.loads(path.read_text())
    content["methods"][0] |= {"share": 1.5, "random_share": "NaN", "correlation": -2}
    path.write_text(json.dumps(content))
    notes: list[str] = []
    found = read_explanation(run.done[0], notes)
    assert found.methods == (MapFigures(method="Grad-CAM"),)
    assert len(notes) == 3
    for damage in ({"repeat": None}, {"hits": -1}):
        path.write_text(json.dumps(content | damage))
        notes = []
        assert read_explanation(run.done[0], notes) is None
        assert notes[-1] == "repeats/0/explanation.json is damaged"
