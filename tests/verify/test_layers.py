"""A layer that is broken on purpose is found and named: each kind, each method, in one warm process."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from cnnlab.numpy_cnn import layers
from cnnlab.numpy_cnn.fast import infer
from cnnlab.numpy_cnn.layers import Sigmoid
from cnnlab.runs.verification import LayerVerdict
from cnnlab.verify.cases import CASES, LAYER_CASES, LOSS_CASES
from cnnlab.verify.layers import check_layers
from cnnlab.verify.pairs import LOSSES

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("verify")]

SLIGHTLY = 1 + 1e-9  # too little for any eye, far too much for float64
WEIGHTED = ["Conv2D", "Dense", "BatchNormalization"]


def twin(kind: str) -> Any:
    """The NumPy class behind a kind; an Activation may be any function, here the sigmoid."""
    return Sigmoid if kind == "Activation" else LOSSES.get(kind) or getattr(layers, kind)


def scale_result(method: Any) -> Any:
    """The method with its result, an array or a tuple of arrays, made slightly larger."""

    def broken(self: Any, *arguments: Any, **options: Any) -> Any:
        result = method(self, *arguments, **options)
        return tuple(g * SLIGHTLY for g in result) if isinstance(result, tuple) else result * SLIGHTLY

    return broken


def scale_weight_gradients(method: Any) -> Any:
    """`backward` with right gradients of the inputs and wrong ones of the weights."""

    def broken(self: Any, upstream: Any) -> Any:
        result = method(self, upstream)
        self.gradients = {name: g * SLIGHTLY for name, g in self.gradients.items()}
        return result

    return broken


def check(kind: str) -> LayerVerdict:
    result = check_layers([kind], every=3)
    assert result.passed == result.kinds[0].passed
    return result.kinds[0]


@pytest.mark.parametrize("method", ["forward", "backward"])
@pytest.mark.parametrize("kind", sorted(LAYER_CASES))
def test_each_kind_is_named_when_it_is_broken(kind, method, monkeypatch):
    monkeypatch.setattr(twin(kind), method, scale_result(getattr(twin(kind), method)))
    found = check(kind)
    assert found.failed
    assert found.kind == kind
    assert not getattr(found, method).passed


@pytest.fixture
def broken_infer() -> Iterator[Any]:
    """A function that breaks the fast way of one class; it is whole again after the test."""
    right = {}

    def break_down(layer: Any) -> None:
        right[layer] = infer.dispatch(layer)
        infer.register(layer, scale_result(right[layer]))

    yield break_down
    for layer, method in right.items():
        infer.register(layer, method)


@pytest.mark.parametrize("kind", sorted(LAYER_CASES))
def test_each_kind_is_named_when_its_fast_way_is_broken(kind, broken_infer):
    broken_infer(twin(kind))
    found = check(kind)
    assert found.failed
    assert found.kind == kind
    assert not found.forward.passed
    assert found.forward.worst_array == "output (fast path)"


@pytest.mark.parametrize("kind", WEIGHTED)
def test_wrong_gradients_of_weights_are_found(kind, monkeypatch):
    monkeypatch.setattr(twin(kind), "backward", scale_weight_gradients(twin(kind).backward))
    found = check(kind)
    assert found.forward.passed
    assert not found.backward.passed


@pytest.mark.parametrize("method", ["value", "gradient"])
@pytest.mark.parametrize("kind", sorted(LOSS_CASES))
def test_wrong_losses_are_found(kind, method, monkeypatch):
    right = getattr(twin(kind), method)
    monkeypatch.setattr(twin(kind), method, lambda self, y, p: right(self, y, p) * SLIGHTLY)
    found = check(kind)
    assert found.forward.passed == (method == "gradient")
    assert found.backward.passed == (method == "value")


def test_a_layer_that_breaks_down_or_gives_another_shape_fails_and_the_rest_goes_on(monkeypatch):
    def raising(self: Any, *inputs: Any, training: bool = False) -> Any:
        raise IndexError("out of range")

    monkeypatch.setattr(layers.Flatten, "forward", raising)
    monkeypatch.setattr(layers.Add, "forward", lambda self, *x, training=False: np.stack(x))
    result = check_layers(["Flatten", "Add", "ReLU"])
    flatten, add, relu = {kind.kind: kind for kind in result.kinds}.values()
    assert [flatten.passed, add.passed, relu.passed] in ([False, False, True], [False, True, False])
    assert any(kind.error == "IndexError: out of range" for kind in result.kinds)
    assert not result.passed


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_case_of_every_kind_is_equal_in_both_types(dtype):
    result = check_layers(list(CASES), dtype=dtype, seed=7)
    assert result.passed, [kind for kind in result.kinds if not kind.passed]
    assert len(result.cases) == sum(map(len, CASES.values()))


def test_forward_only_compares_no_gradient():
    result = check_layers(["Dense"], forward_only=True)
    assert result.kinds[0].backward is None
    assert {array.name for case in result.cases for array in case.arrays} == {
        "output",
        "output (fast path)",
    }
