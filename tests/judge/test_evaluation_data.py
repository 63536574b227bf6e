"""The data set of `evaluate`: no printed line can pass for another."""

import itertools

import numpy as np
import pytest

from cnnlab.judge.evaluation_data import SIZES, SMALLEST_GAP
from cnnlab.judge.examination import Examination
from cnnlab.judge.mistakes.evaluate import accuracy, cross_entropy

pytestmark = pytest.mark.heavy


def test_splits_differ_in_size_loss_and_accuracy(examination: Examination) -> None:
    case = examination.evaluations[0]
    assert {split: len(p) for split, p in case.probabilities.items()} == {
        split: count for split, (count, _) in SIZES.items()
    }
    for measure in (cross_entropy, accuracy):
        values = [measure(p, case.one_hot(split)) for split, p in case.probabilities.items()]
        assert all(abs(a - b) >= SMALLEST_GAP for a, b in itertools.combinations(values, 2))


def test_the_second_one_has_probabilities_of_exactly_zero(examination: Examination) -> None:
    case = examination.evaluations[1]
    for split, p in case.probabilities.items():
        assert (p[:, 0] == 1).all() and (p[:, 1:] == 0).all()
        assert set(np.unique(case.data[f"y_{split}"])) == {0, 1}
