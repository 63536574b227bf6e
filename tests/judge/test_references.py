"""The right functions agree with an implementation of another kind."""

import numpy as np
import pytest

from cnnlab.judge.examination import Examination
from cnnlab.judge.outcome import agreement
from cnnlab.judge.references import RIGHT, correlate
from tests.judge.submissions import plain

pytestmark = pytest.mark.heavy


def test_the_right_functions_agree_with_others(examination: Examination) -> None:
    """What stands in for wrong functions, and what answers are compared with, is right itself."""
    for name, cases in examination.functions.items():
        for case in cases:
            for function in (getattr(RIGHT, name), getattr(plain, name)):
                assert agreement(np.asarray(function(*case.args)), case.expected) == "same", case.label
    for case in examination.networks:
        network, setup = plain.CNN(None), case.setup
        network.setup_model(setup.W, setup.b, setup.lname, setup.activation)
        for image, right in zip(case.x, case.expected, strict=True):
            given = RIGHT.feedforward_sample(image, setup.W, setup.b, setup.lname, setup.activation)
            assert agreement(given, right) == "same", case.label
            assert agreement(network.feedforward_sample(image), right) == "same", case.label


def test_softmax_of_vectors_rows_and_columns() -> None:
    """Whatever shape a file passes its scores on in, they are the classes'."""
    x = np.array([0.5, -1.25, 2.0])
    right = plain.activation(x, "softmax")
    for shape in ((3,), (1, 3), (3, 1)):
        assert np.allclose(RIGHT.activation(x.reshape(shape), "softmax"), right.reshape(shape))


def test_a_padded_image_is_correlated_with_the_kernel_as_it_is() -> None:
    """By hand: the kernel is not turned."""
    image, kernel = np.arange(6.0).reshape(2, 3, 1), np.array([[1.0, 10.0]]).reshape(1, 2, 1, 1)
    assert correlate(image, kernel)[:, :, 0].tolist() == [[10, 21], [43, 54]]
