"""The networks that a file is given."""

import numpy as np
import pytest

from cnnlab.judge.examination import Examination
from cnnlab.judge.networks import draw_setup

pytestmark = pytest.mark.heavy


def test_shapes_follow_from_the_layers() -> None:
    setup = draw_setup(np.random.default_rng(0), ("conv 4", "pool", "flatten", "dense 10"), (7, 6, 2))
    assert [w.shape for w in setup.W] == [(3, 3, 2, 4), (0,), (0,), (10, 36)]
    assert [b.shape for b in setup.b] == [(4,), (0,), (0,), (10, 1)]
    assert setup.lname == ("conv", "pool", "flatten", "dense")
    assert [act for _, _, _, act in setup.layers()] == ["relu", "relu", "relu", "softmax"]


def test_the_lab_has_4266_weights_and_its_probabilities_add_up(examination: Examination) -> None:
    assert int(examination.counting[0].expected) == 4266
    for case in examination.networks:
        assert case.expected.shape == (len(case.x), 10)
        assert np.allclose(case.expected.sum(axis=1), 1)
