import math
from datetime import datetime, timedelta

import pytest

from cnnlab.errors import RunError
from cnnlab.report.builders.report import build_report
from cnnlab.report.gather import gather
from cnnlab.report.render.data import to_json
from cnnlab.report.sentences import contrast_sentence
from tests.fake_runs import BUNDLED
from tests.report.shown import shown, words

LONGER = {"settings": {"training": {"epochs": 24}}, "experiment": "3" * 64}


@pytest.fixture
def make(make_run):
    """Make a run of its own second, so that order is the order of making."""
    times = iter(datetime(2026, 11, 21) + timedelta(seconds=k) for k in range(99))
    return lambda **given: make_run(now=next(times), **given).path


def headline(document, side=1):
    comparison = document.comparison
    return comparison.contrast(side, *comparison.headline)


def printed(document):
    text = shown(build_report(document))
    assert max(map(len, text.splitlines())) <= 80
    return words(text)


def test_shared_seeds_and_data_are_paired(make):
    a = make(name="a", accuracies=[0.90, 0.91, 0.92])
    b = make(name="b", accuracies=[0.91, 0.93, 0.95], **LONGER)
    document = gather([a, b], side_by_side=True)
    found = headline(document)
    assert found.paired.differences == pytest.approx((0.01, 0.02, 0.03))
    assert found.test.t == pytest.approx(2 * math.sqrt(3))
    assert document.comparison.changes == {"training.epochs": (12, 24)}
    text = printed(document)
    assert (
        "b, test accuracy: +2.0 points (95 % interval -0.5 to 4.5); paired t-test over 3 seeds p = 0.074"
        in text
    )
    assert (
        "Effect size d_z 2. A true difference of 3.3 points would be seen in 80 of 100 such comparisons."
        in text
    )
    assert "Sign test: 3 up, 0 down, p = 0.25 (with 3 pairs it cannot be below 0.25)." in text
    assert "training.epochs 12 24" in text


def test_pairs_go_by_seed_and_not_by_place(make):
    a = make(name="a", accuracies=[0.90, 0.91, 0.92])
    b = make(name="b", accuracies=[0.93, 0.95], first_seed=101, **LONGER)
    document = gather([a, b], side_by_side=True)
    assert headline(document).paired.differences == pytest.approx((0.02, 0.03))
    assert (
        "b: 2 of 3 repeats have a partner with the same seed; only they are tested"
        in document.comparison.notes
    )


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"first_seed": 200}, "they share no two repeat seeds"),
        ({"data": BUNDLED}, "the data are not the same"),
        (
            {"settings": {"data": {"dataset": "mnist", "train_size": 64}}},
            "the data sections differ in data.train_size",
        ),
    ],
)
def test_else_they_are_independent(make, other, reason):
    a, b = make(name="a", accuracies=[0.9, 0.91]), make(name="b", accuracies=[0.92, 0.94], **other)
    document = gather([a, b], side_by_side=True)
    found = headline(document)
    assert found.paired is None and found.difference == pytest.approx(0.025)
    assert f"b is compared as independent repeats, for {reason}" in document.comparison.notes
    assert "Welch's test" in contrast_sentence(document.comparison, found)


@pytest.mark.parametrize("other", [{"memory_budget": 5.0}, {"scale": [0, 1], "standardize": True}])
def test_how_the_images_are_fed_does_not_keep_seeds_apart(make, other):
    a, b = make(name="a"), make(name="b", settings={"data": {"dataset": "mnist", **other}})
    assert headline(gather([a, b], side_by_side=True)).paired is not None


def test_a_diverged_repeat_leaves_its_pair_out(make):
    a, b = make(name="a", accuracies=[0.9, 0.91, 0.93]), make(name="b", accuracies=[0.92, math.nan, 0.94])
    assert len(headline(gather([a, b], side_by_side=True)).paired.differences) == 2


def test_one_repeat_each_gives_a_difference_and_no_test(make):
    a, b = make(name="a", accuracies=[0.9]), make(name="b", accuracies=[0.92])
    document = gather([a, b], side_by_side=True)
    assert "b, test accuracy: +2.00 points; too few repeats, or no spread: no t-test." in printed(document)


def test_equal_differences_have_only_a_sign_test(make):
    a, b = make(name="a", accuracies=[0.9, 0.91]), make(name="b", accuracies=[0.91, 0.92])
    text = printed(gather([a, b], side_by_side=True))
    assert "+1.00 points; every pair differs by the same amount: no t-test; sign test: 2 up, 0 down" in text


def test_equal_results_are_said_to_be_so(make):
    text = printed(gather([make(name="a"), make(name="b")], side_by_side=True))
    assert "sign test: 0 up, 0 down, 3 equal, p = 1." in text


def test_three_sides_are_adjusted_for(make):
    paths = [
        make(name=name, accuracies=values)
        for name, values in [("a", [0.9, 0.91, 0.92]), ("b", [0.91, 0.93, 0.95]), ("c", [0.95, 0.951, 0.97])]
    ]
    document = gather(paths, side_by_side=True)
    first, second = headline(document, 1), headline(document, 2)
    assert second.p_adjusted == pytest.approx(2 * second.test.p)
    assert first.p_adjusted == pytest.approx(max(first.test.p, second.p_adjusted))
    assert "Adjusted for 2 comparisons (Holm)" in printed(document)


def test_pools_are_compared(make):
    a = [make(name="a", accuracies=[0.9, 0.91]), make(name="a", accuracies=[0.92], first_seed=102)]
    b = make(name="b", accuracies=[0.92, 0.93, 0.96], **LONGER)
    document = gather([a[0], b, a[1]], group=True, side_by_side=True)
    assert document.comparison.labels == ("a", "b")
    assert headline(document).paired.differences == pytest.approx((0.02, 0.02, 0.04))


def test_equal_names_are_told_apart(make):
    a, b = make(name="a"), make(name="a")
    assert gather([a, b], side_by_side=True).comparison.labels == (a.name, b.name)


def test_nothing_to_compare(make):
    with pytest.raises(RunError, match="at least two runs"):
        gather([make()], side_by_side=True)


def test_a_side_without_results(make):
    text = printed(
        gather([make(name="a"), make(name="b", accuracies=[], failed=["killed"])], side_by_side=True)
    )
    assert "note repeat 0 failed: killed" in text


def test_plain_data(make):
    document = gather([make(name="a"), make(name="b", accuracies=[0.9, 0.95, 0.93])], side_by_side=True)
    content = to_json(build_report(document))["comparison"]
    assert content["reference"] == "a"
    entry = next(
        c for c in content["contrasts"] if (c["split"], c["metric"], c["label"]) == ("test", "accuracy", "b")
    )
    assert entry["label"] == "b" and entry["test"]["p"] == pytest.approx(headline(document).test.p)
    assert entry["in_words"].startswith("b, test accuracy: ")
