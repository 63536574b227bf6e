"""What stands in for wrong functions is right itself, and needs nothing else of cnnlab."""

import numpy as np
import pytest

from cnnlab.judge.child import right
from cnnlab.judge.examination import Examination
from cnnlab.judge.outcome import agreement
from cnnlab.judge.references import RIGHT
from tests.conftest import REPOSITORY
from tests.test_imports import modules

pytestmark = pytest.mark.heavy


def test_the_functions_agree_with_the_reference(examination: Examination) -> None:
    """In every case of every grade, and on whole networks."""
    for name, cases in examination.functions.items():
        for case in cases:
            value = getattr(right, name)(*case.args)
            assert agreement(np.asarray(value), case.expected) == "same", case.label
    for network in examination.networks:
        setup = network.setup
        for image, expected in zip(network.x, network.expected, strict=True):
            p = right.feedforward_sample(image, setup.W, setup.b, setup.lname, setup.activation)
            assert agreement(p, expected) == "same", network.label


@pytest.mark.parametrize("shape", [(3,), (1, 3), (3, 1)])
def test_softmax_of_vectors_rows_and_columns(shape: tuple[int, ...]) -> None:
    """As the reference has it: a file may pass on its scores in any of these shapes."""
    x = np.array([0.5, -1.25, 2.0]).reshape(shape)
    assert np.allclose(right.activation(x, "softmax"), RIGHT.activation(x, "softmax"))


def test_the_process_of_the_judged_file_imports_nothing_else_of_cnnlab() -> None:
    """It begins at once, and finds no answers."""
    for name, imported in modules(REPOSITORY / "cnnlab").items():
        if name.startswith("cnnlab.judge.child"):
            assert all(other.startswith("cnnlab.judge.child") for other in imported), name
