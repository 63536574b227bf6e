"""Cohen's kappa and Matthews' correlation: by hand, and against scikit-learn."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings

from tests.metrics.samples import made, of_any_classes, pair

RIGHT = np.eye(2)


def both(labels, probabilities):
    labels = np.array(labels)
    return [made(name).value(labels, probabilities) for name in ("cohen_kappa", "matthews")]


def test_by_hand():
    # 3 + 1 of 6 right; class 0: 4 there and 4 given, so 5/9 are expected: (2/3 - 5/9) / (4/9)
    kappa, matthews = both([0, 0, 0, 0, 1, 1], RIGHT[[0, 0, 0, 1, 0, 1]])
    assert kappa == pytest.approx(1 / 4) and matthews == pytest.approx((3 * 1 - 1 * 1) / 8)
    assert both([0, 1], RIGHT[[1, 0]]) == pytest.approx([-1, -1])
    assert both([0, 1, 1], pair([0.9, 0.9, 0.9])) == [0, 0]  # all given to one class: chance
    assert both([0, 0, 0], RIGHT[[0, 1, 0]]) == [0, 0]


def test_one_class_alone_there_and_given_is_undefined():
    assert all(map(math.isnan, both([1, 1], RIGHT[[1, 1]])))
    assert (
        made("cohen_kappa").reason
        == made("matthews").reason
        == "all images are of one class, and given to it"
    )


def test_large_counts_do_not_overflow():
    n = 300_000
    labels = np.arange(n) % 2
    wrong = np.arange(n) % 10 == 0
    kappa, matthews = both(labels, RIGHT[labels ^ wrong])
    assert kappa == pytest.approx(0.8, abs=0.01) and matthews == pytest.approx(0.8, abs=0.02)


@settings(max_examples=60, deadline=None)
@given(of_any_classes())
def test_scikit_learn_has_the_same(drawn):
    """But for one class alone, there and predicted: of it scikit-learn's correlation is 0, its kappa nan."""
    from sklearn.metrics import cohen_kappa_score, matthews_corrcoef

    labels, p = drawn
    predicted, classes = p.argmax(axis=1), p.shape[1]
    kappa, matthews = (made(name, classes).value(labels, p) for name in ("cohen_kappa", "matthews"))
    if len({*labels.tolist(), *predicted.tolist()}) == 1:
        assert math.isnan(kappa) and math.isnan(matthews)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert kappa == pytest.approx(cohen_kappa_score(labels, predicted), abs=1e-12)
        assert matthews == pytest.approx(matthews_corrcoef(labels, predicted), abs=1e-12)
