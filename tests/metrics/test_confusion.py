"""The confusion matrix and each class's figures: by hand, and against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings

from cnnlab.metrics import class_figures, confusion_counts
from tests.metrics.samples import of_any_classes


def test_figures_of_classes_by_hand():
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7], [0.4, 0.4, 0.2], [0.5, 0.5, 0.0], [0.2, 0.7, 0.1]])
    counts = confusion_counts(np.array([0, 0, 1, 0, 1]), p)  # of equal ones, the first counts
    assert counts.tolist() == [[2, 0, 1], [1, 1, 0], [0, 0, 0]]
    found = class_figures(counts)
    assert found.support.tolist() == [3, 2, 0]
    np.testing.assert_allclose(found.precision, [2 / 3, 1, 0])
    np.testing.assert_allclose(found.recall, [2 / 3, 1 / 2, np.nan])
    np.testing.assert_allclose(found.f1, [2 / 3, 2 / 3, np.nan])  # class 2 has no image


def test_a_class_that_nothing_is_given_to_has_an_f1_of_0_and_no_precision():
    found = class_figures(np.array([[3, 0], [2, 0]]))
    assert np.isnan(found.precision[1]) and found.recall[1] == found.f1[1] == 0


@settings(max_examples=60, deadline=None)
@given(of_any_classes())
def test_scikit_learn_counts_the_same(drawn):
    """It has 0 for the F1 of a class without an image that is predicted, and with zero_division=nan nan else."""
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    labels, p = drawn
    classes, predicted = range(p.shape[1]), p.argmax(axis=1)
    counts = confusion_counts(labels, p)
    assert (counts == confusion_matrix(labels, predicted, labels=list(classes))).all()
    found = class_figures(counts)
    precision, recall, f1, support = precision_recall_fscore_support(
        labels, predicted, labels=list(classes), zero_division=np.nan
    )
    assert found.support == pytest.approx(support)
    assert found.precision == pytest.approx(precision, nan_ok=True)
    assert found.recall == pytest.approx(recall, nan_ok=True)
    assert found.f1 == pytest.approx(np.where(support > 0, f1, np.nan), nan_ok=True)
    assert np.isin(f1[support == 0], [0]).sum() + np.isnan(f1[support == 0]).sum() == (support == 0).sum()
