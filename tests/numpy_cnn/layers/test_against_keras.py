"""Every layer against Keras in float64: shape, type, output on both paths, every gradient."""

import numpy as np
import pytest

from cnnlab.numpy_cnn import supported_layers
from cnnlab.verify.cases import LAYER_CASES, LayerCase
from cnnlab.verify.pairs import run_pair

pytestmark = pytest.mark.keras

ALL = [case for cases in LAYER_CASES.values() for case in cases]


def check_layer(case: LayerCase, dtype: str = "float64", tolerance: float = 1e-12) -> None:
    pair = run_pair(case, dtype=dtype)
    assert pair.weights.equal
    assert pair.numpy.keys() == pair.keras.keys()
    for name, theirs in pair.keras.items():
        ours = pair.numpy[name]
        assert ours.shape == theirs.shape, name
        assert ours.dtype == theirs.dtype == np.dtype(dtype), name
        scale = 1.0 + np.abs(theirs).max()
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * scale, err_msg=name)


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.kind} {case.label}")
def test_layer_in_float64(case):
    check_layer(case)


@pytest.mark.parametrize("kind", sorted(LAYER_CASES))
def test_layer_in_float32(kind):
    check_layer(LAYER_CASES[kind][-1], "float32", 1e-5)


def test_every_supported_layer_has_cases():
    assert sorted(LAYER_CASES) == [name for name in supported_layers() if name != "InputLayer"]
