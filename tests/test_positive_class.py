"""One rule says which of two classes is the positive one; the figures follow it."""

import numpy as np

from cnnlab.datasets import DatasetInfo
from cnnlab.metrics import figures_at_threshold, two_class_figures
from cnnlab.positive_class import POSITIVE, positive_class, positive_sentence


def test_it_is_the_second_of_two_and_of_no_other_number():
    assert positive_class(["cancer", "normal"]) == "normal" == ["cancer", "normal"][POSITIVE]
    assert positive_class(["a"]) is None is positive_class(["a", "b", "c"])
    assert DatasetInfo((8, 8, 1), ("a", "b")).positive_class == "b"
    assert DatasetInfo((8, 8, 1), ("a", "b", "c")).positive_class is None
    assert positive_sentence("b").startswith("'b' (class 1): sensitivity is the share of it that is found")


def test_figures_are_about_it():
    """Two of three images of class 1 are found, all of class 0 recognised."""
    labels = np.array([1, 1, 1, 0, 0])
    p = np.array([0.9, 0.8, 0.3, 0.1, 0.2])
    probabilities = np.stack([1 - p, p], axis=1)
    found = two_class_figures(labels, probabilities)
    assert (found["sensitivity"], found["specificity"], found["auc"]) == (2 / 3, 1, 1)
    assert figures_at_threshold(labels, probabilities, 0.25)["sensitivity_at_threshold"] == 1
