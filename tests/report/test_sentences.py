import pytest

from cnnlab.report.collect import Row
from cnnlab.report.published import PublishedValue
from cnnlab.report.sentences import (
    capitalized,
    metric_name,
    published_sentence,
    seen,
    show_published,
    with_unit,
)
from cnnlab.runs.summary import summarize


def published(*values):
    summary = summarize(values)
    return PublishedValue(summary.mean, summary.sd, summary.n, values)


def test_words_of_metrics():
    assert metric_name("train", "auc") == "training auc"
    assert with_unit("accuracy", 0.012, 1) == "+1.2 points" and with_unit("auc", -0.03, 2) == "-0.03"
    assert with_unit("accuracy", -0.00001, 1) == "0.0 points"
    assert capitalized("a b") == "A b" and capitalized("") == ""


def test_what_could_have_been_seen():
    assert (
        seen("accuracy", 0.031, 1)
        == "a true difference of 3.1 points would be seen in 80 of 100 such comparisons"
    )
    assert seen("accuracy", None, 1).startswith(
        "too few repeats to tell: no true difference that is possible"
    )


def test_published_values_have_what_is_known_of_them():
    assert show_published("accuracy", published(0.92, 0.93, 0.94)) == "93.0 (1.0, 3)"
    assert show_published("accuracy", PublishedValue(0.9, None, None, (0.9,))) == "90"
    assert show_published("accuracy", published(0.9)) == "90 (1)"


@pytest.mark.parametrize(
    ("ours", "words"),
    [
        (
            [0.93, 0.99],
            "test accuracy: +6.0 points from a single figure, within 30.0 to 100.0, where 95 %",
        ),  # .96 - 12.706 * .0424 * 1.5**.5
        ([0.99], "test accuracy: +9.00 points; one repeat allows no test."),
        ([0.95, 0.95], "test accuracy: +5.00 points; no spread, no test."),
    ],
)
def test_a_single_published_figure(ours, words):
    row = Row("test", "accuracy", summarize(ours, "accuracy"), PublishedValue(0.9, None, None, (0.9,)), None)
    assert published_sentence(row).startswith(words)
