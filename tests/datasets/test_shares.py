"""Shares of classes by largest remainders."""

import numpy as np

from cnnlab.datasets.shares import class_shares, first_of_each


def test_the_largest_remainders_get_one_more() -> None:
    labels = np.repeat([0, 1, 2], [5, 3, 2])
    assert class_shares(labels, 4, np.random.default_rng(0)).tolist() == [2, 1, 1]  # 2.0, 1.2 and 0.8
    assert class_shares(labels, 10, np.random.default_rng(0)).tolist() == [5, 3, 2]
    assert class_shares(labels, 0, np.random.default_rng(0)).tolist() == [0, 0, 0]


def test_the_first_of_each_class_are_marked() -> None:
    marked = first_of_each(np.array([0, 1, 0, 1, 1]), np.array([1, 2]))
    assert marked.tolist() == [True, True, False, True, False]
