"""Each class's figures over the repeats, and the mistakes that are made most often."""

import json
import math

import numpy as np
import pytest

from cnnlab.report.classes import class_names, class_results, confused_pairs, confusion_of
from cnnlab.runs.read import load_run

SURE = np.eye(3, dtype=np.float32)


def with_predictions(make_run, *repeats, names=("a", "b", "c")):
    """A run whose repeats predicted those classes: pairs of labels and predicted classes."""
    folder = make_run(accuracies=[0.9] * len(repeats), class_names=names)
    for k, (label, predicted) in enumerate(repeats):
        n = len(label)
        np.savez(
            folder.repeat(k).predictions_path,
            split=np.full(n, 2, np.uint8),
            index=np.arange(n),
            label=np.array(label),
            probabilities=SURE[predicted][:, : len(names)],
        )
    return load_run(folder.path)


def test_counts_are_averaged_over_repeats(make_run):
    run = with_predictions(make_run, ([0, 0, 1], [0, 1, 1]), ([0, 0, 1], [0, 0, 1]), names=("a", "b"))
    found = confusion_of(run)
    assert found.counts.tolist() == [[1.5, 0.5], [0, 1]]
    assert found.percent.tolist() == [[75, 25], [0, 100]]
    assert (found.repeats, found.split, found.class_names) == (2, "test", ("a", "b"))


def test_figures_of_each_class_have_mean_and_sd(make_run):
    run = with_predictions(make_run, ([0, 0, 1], [0, 1, 1]), ([0, 0, 1], [0, 0, 1]), names=("a", "b"))
    a, b = class_results(confusion_of(run))
    assert (a.name, a.positive, b.name, b.positive) == ("a", False, "b", True)
    assert a.support.values == (2, 2) and a.recall.values == (0.5, 1) and a.precision.values == (1, 1)
    assert b.precision.values == (0.5, 1) and b.f1.values == pytest.approx((2 / 3, 1))
    assert b.f1.sd == pytest.approx((1 / 3) / math.sqrt(2))


def test_what_is_undefined_in_a_repeat_is_left_out_there(make_run):
    """Class c has no image in the first repeat, and none is given to it in either."""
    run = with_predictions(make_run, ([0, 1, 1], [0, 1, 0]), ([0, 1, 2], [0, 1, 0]))
    found = confusion_of(run)
    c = class_results(found)[2]
    assert (c.recall.n, c.recall.left_out, c.recall.mean, c.f1.mean) == (1, 1, 0, 0)
    assert c.precision.n == 0 and not c.positive
    assert found.percent[2].tolist() == [100, 0, 0]
    only_first = with_predictions(make_run, ([0, 1], [0, 1]))
    assert confusion_of(only_first).percent[2].tolist() == [0, 0, 0]  # no division by zero


def test_the_most_confused_pairs_come_first(make_run):
    label, predicted = [0, 0, 0, 1, 1, 2, 2, 2], [1, 1, 0, 2, 1, 0, 2, 2]
    found = confusion_of(with_predictions(make_run, (label, predicted)))
    pairs = confused_pairs(found, 5)
    assert [(one.true, one.taken_for, one.images, one.of) for one in pairs] == [
        ("a", "b", 2, 3),
        ("b", "c", 1, 2),  # one of two is more than one of three
        ("c", "a", 1, 3),
    ]
    assert pairs[1].percent == 50
    assert len(confused_pairs(found, 2)) == 2
    assert confused_pairs(confusion_of(with_predictions(make_run, ([0, 1], [0, 1]))), 5) == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 damaged", b"text"])
def test_damaged_predictions_are_left_out(make_run, content):
    folder = make_run()
    whole = folder.repeat(1).predictions_path.read_bytes()
    folder.repeat(0).predictions_path.write_bytes(content)
    folder.repeat(2).predictions_path.write_bytes(whole[: len(whole) // 2])
    assert confusion_of(load_run(folder.path)).repeats == 1


def test_a_file_of_impossibly_many_classes_is_not_counted(make_run):
    folder = make_run(accuracies=[0.9])
    arrays = {"split": np.full(1, 2, np.uint8), "index": np.zeros(1, int), "label": np.zeros(1, int)}
    np.savez(folder.repeat(0).predictions_path, **arrays, probabilities=np.zeros((1, 100_000), np.float32))
    assert confusion_of(load_run(folder.path)) is None


def test_class_names_of_a_damaged_result_become_numbers(make_run):
    folder = make_run(accuracies=[0.9])
    content = json.loads(folder.repeat(0).result_path.read_text())
    folder.repeat(0).result_path.write_text(json.dumps({**content, "class_names": 3}))
    assert class_names(load_run(folder.path), 2) == ("0", "1")
