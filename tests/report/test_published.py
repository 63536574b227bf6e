import pytest

from cnnlab.report.published import published_values, why_not_comparable
from cnnlab.runs.read import load_run
from tests.fake_runs import BUNDLED, PUBLISHED


def test_values_by_split_and_metric():
    found = published_values({"test_accuracy": [0.9, 0.92], "validation_auc": 0.8, "source": "a report"})
    assert set(found) == {("test", "accuracy"), ("validation", "auc")}
    both = found["test", "accuracy"]
    assert (both.mean, both.n, both.values) == (pytest.approx(0.91), 2, (0.9, 0.92))
    assert (found["validation", "auc"].sd, found["validation", "auc"].n) == (None, None)


@pytest.mark.parametrize("value", [None, "much", [], ["much"], float("nan"), [float("inf")], {}])
def test_what_is_not_a_number_is_no_value(value):
    assert published_values({"test_accuracy": value}) == {}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"published": None}, None),
        ({"data": BUNDLED}, "run on 10,000 bundled MNIST digits, which came with cnnlab, published on mnist"),
        ({"published": {**PUBLISHED, "dataset": "pcam"}}, "run on MNIST (mnist), published on pcam"),
        (
            {"settings": {"data": {"dataset": "mnist", "limit_per_split": 9}}},
            "run on at most 9 images of each split",
        ),
    ],
    ids=str,
)
def test_why_results_do_not_stand_beside_published_ones(make_run, changes, why):
    assert why_not_comparable(load_run(make_run(**changes).path)) == why
