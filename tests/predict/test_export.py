"""An evaluation as plain data."""

import json

from cnnlab.files import to_json_text
from cnnlab.predict.export import evaluation_to_json, summaries
from tests.predict.evaluations import made


def test_everything_that_was_measured_is_strict_json():
    content = json.loads(to_json_text(evaluation_to_json(made())))
    assert content["data"]["same"] is True and content["data"]["outside"] is None
    first, second = content["repeats"]
    assert first == {
        "repeat": 0,
        "metrics": {"accuracy": 0.5, "auc": "NaN"},
        "threshold": {"value": 0.25, "rule": "youden", "split": "validation"},
    }
    assert second["repeat"] == 1 and content["summary"]["accuracy"]["mean"] == 0.625
    assert content["ensemble"] == {"repeats": [0, 1], "metrics": {"accuracy": 0.9}, "threshold": None}
    assert content["notes"] == ["A note."] and content["positive_class"] == "tumour"


def test_figures_that_are_not_finite_have_no_place_in_a_mean():
    found = summaries(made())
    assert (found["auc"].n, found["auc"].left_out, found["auc"].mean) == (0, 2, None)
    assert summaries(made(0)) == {}
