"""Class probabilities of whole data sets, compared image by image. No Keras."""

import numpy as np
import pytest

from cnnlab.numpy_cnn import Network
from cnnlab.numpy_cnn.layers import Dense, Flatten, Softmax
from cnnlab.verify.data import forward_terms, judge_probabilities


def test_ties_within_tolerance_are_told_apart_from_other_classes():
    keras = np.array([[0.5, 0.4999], [0.9, 0.1], [0.2, 0.8]])
    ours = np.array([[0.49995, 0.49996], [0.9, 0.1], [0.2, 0.8]])
    judged = judge_probabilities(keras, ours, 1e-3)
    assert (judged.classes_differ, judged.ties, judged.passed) == (1, 1, True)
    judged = judge_probabilities(keras, ours[[0, 2, 1]], 1e-3)
    assert (judged.classes_differ, judged.ties, judged.passed) == (3, 1, False)
    assert judged.largest_difference == pytest.approx(0.7)
    assert not judge_probabilities(keras, ours[:2], 1e-3).passed


def test_the_terms_of_an_output_add_up_through_the_network():
    layers = {"flat": Flatten(), "dense": Dense(np.zeros((12, 5)), np.zeros(5)), "softmax": Softmax()}
    assert forward_terms(Network.sequential(layers), np.zeros((1, 2, 2, 3))) == 1 + 12 + 5
