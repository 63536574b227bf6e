"""F1, macro F1 and balanced accuracy: by hand, and against scikit-learn."""

import math

import numpy as np
import pytest
from hypothesis import given, settings

from tests.metrics.samples import made, of_any_classes, pair


def test_f1_is_that_of_class_1():
    labels, p = np.array([0, 1, 1, 1, 0]), pair([0.2, 0.8, 0.4, 0.6, 0.7])
    assert made("f1").value(labels, p) == pytest.approx(2 / 3)  # 2 hits, one missed, one false
    assert made("f1_macro").value(labels, p) == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert made("balanced_accuracy").value(labels, p) == pytest.approx((2 / 3 + 1 / 2) / 2)
    precision, recall = (made(name).value(labels, p) for name in ("precision", "recall"))
    assert made("f1").value(labels, p) == pytest.approx(2 * precision * recall / (precision + recall))


@settings(max_examples=60, deadline=None)
@given(of_any_classes())
def test_scikit_learn_has_the_same(drawn):
    from sklearn.metrics import balanced_accuracy_score, f1_score

    labels, p = drawn
    classes, predicted = p.shape[1], p.argmax(axis=1)
    f1_macro, balanced = (made(name, classes).value(labels, p) for name in ("f1_macro", "balanced_accuracy"))
    if len(set(labels.tolist())) < classes:
        assert math.isnan(f1_macro) and math.isnan(balanced)  # a mean over the others would be another figure
        return
    assert f1_macro == pytest.approx(f1_score(labels, predicted, average="macro"))
    assert balanced == pytest.approx(balanced_accuracy_score(labels, predicted))
    if classes == 2:
        assert made("f1").value(labels, p) == pytest.approx(f1_score(labels, predicted))
