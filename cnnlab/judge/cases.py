"""The questions that each function is asked, with the grade of each and the right answer.

Random normal numbers, never ones or zeros: sums of them leave no mistake unseen. The sizes are chosen so that
the known mistakes give different answers in at least one case: a bias added once per channel is a bias added
twice where there are two channels, so there are cases with one and with three.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from cnnlab.judge.references import Array, Reference

FUNCTIONS = ("activation", "conv2d_layer", "pool2d_layer", "flatten_layer", "dense_layer")
Arguments = tuple[Any, ...]


@dataclass(frozen=True)
class CallCase:
    """One call of one function, with the right answer."""

    function: str
    label: str
    args: Arguments
    expected: Array
    grade: str = "required"
    alternatives: tuple[Arguments, ...] = ()
    """The same question in other shapes, which a file with conventions of its own may need."""


Ask = Callable[..., CallCase]
"""`answered`, with a reference."""


def answered(
    reference: Reference,
    function: str,
    label: str,
    *args: Any,
    grade: str = "required",
    alternatives: tuple[Arguments, ...] = (),
) -> CallCase:
    """A call with these arguments, and the reference's answer."""
    return CallCase(function, label, args, getattr(reference, function)(*args), grade, alternatives)


def function_cases(reference: Reference, seed: int = 0) -> dict[str, list[CallCase]]:
    """All cases by function."""
    rng = np.random.default_rng([seed, 1])
    draws = (_activation, _convolution, _pooling, _flatten, _dense)
    cases = [case for draw in draws for case in draw(partial(answered, reference), rng)]
    return {name: [case for case in cases if case.function == name] for name in FUNCTIONS}


def _rows_and_columns(x: Array, *rest: Any) -> tuple[Arguments, ...]:
    return (x[np.newaxis], *rest), (x[:, np.newaxis], *rest)


def _activation(ask: Ask, rng: np.random.Generator) -> Iterator[CallCase]:
    for name in ("linear", "relu", "sigmoid"):
        for label, shape in (("vector", (7,)), ("image", (4, 5, 2))):
            yield ask("activation", f"{name} {label}", rng.normal(size=shape) * 2, name)
    for label, grade, x in (
        ("10 logits", "required", rng.normal(size=10) * 2),
        ("3 logits", "required", np.array([0.5, -1.25, 2.0])),
        ("negative logits", "required", -1 - 2 * rng.random(6)),
        ("logits 1000", "robust", np.array([1000.0, -1000.0, 0.0, 999.0])),
        ("logits -1000", "robust", np.array([-1000.0, -1001.0, -1000.5])),
        ("logits all 1000", "robust", np.array([1000.0] * 4)),
    ):
        alternatives = _rows_and_columns(x, "softmax")
        yield ask("activation", f"softmax {label}", x, "softmax", grade=grade, alternatives=alternatives)


CONVOLUTIONS: list[tuple[str, tuple[int, int, int], tuple[int, int], int, str, str]] = [
    ("3x3, one channel", (7, 7, 1), (3, 3), 2, "linear", "required"),
    ("3x3, one to one", (6, 6, 1), (3, 3), 1, "relu", "required"),
    ("3x3, three to three", (6, 8, 3), (3, 3), 3, "linear", "required"),
    ("3x3, two to four", (7, 5, 2), (3, 3), 4, "relu", "required"),
    ("3x3, four to eight", (8, 8, 4), (3, 3), 8, "relu", "required"),
    ("3x3, sigmoid", (5, 6, 3), (3, 3), 2, "sigmoid", "required"),
    ("1x1", (6, 5, 3), (1, 1), 2, "sigmoid", "required"),
    ("5x5", (9, 8, 2), (5, 5), 3, "relu", "required"),
    ("3x5", (7, 9, 3), (3, 5), 2, "linear", "required"),
    ("negative input", (6, 6, 1), (3, 3), 2, "relu", "required"),
    ("2x2", (6, 5, 2), (2, 2), 3, "linear", "beyond"),
    ("4x4", (7, 8, 1), (4, 4), 2, "linear", "beyond"),
    ("2x3", (6, 7, 2), (2, 3), 2, "relu", "beyond"),
]


def _convolution(ask: Ask, rng: np.random.Generator) -> Iterator[CallCase]:
    for label, shape, kernel, filters, act, grade in CONVOLUTIONS:
        h = rng.normal(size=shape)
        if label == "negative input":
            h = -0.5 - rng.random(shape)
        W = rng.normal(size=(*kernel, shape[2], filters)) / 2
        b = rng.uniform(0.3, 1.2, size=filters) * rng.choice([-1, 1], size=filters)
        yield ask("conv2d_layer", f"{label}, {act}", h, W, b, act, grade=grade)


def _pooling(ask: Ask, rng: np.random.Generator) -> Iterator[CallCase]:
    for shape in ((6, 6, 1), (8, 4, 3), (4, 10, 2), (14, 14, 8)):
        yield ask("pool2d_layer", _size(shape), rng.normal(size=shape))
    for shape in ((7, 7, 2), (5, 6, 1), (6, 9, 3)):
        yield ask("pool2d_layer", _size(shape), rng.normal(size=shape), grade="robust")
    yield ask("pool2d_layer", "negative numbers", -0.5 - rng.random((6, 6, 2)))


def _flatten(ask: Ask, rng: np.random.Generator) -> Iterator[CallCase]:
    for shape in ((3, 4, 2), (2, 2, 1), (3, 3, 4), (7, 7, 8)):
        yield ask("flatten_layer", _size(shape), rng.normal(size=shape))


def _dense(ask: Ask, rng: np.random.Generator) -> Iterator[CallCase]:
    for label, inputs, outputs, act in (
        ("12 to 5", 12, 5, "linear"),
        ("6 to 6", 6, 6, "linear"),
        ("8 to 3", 8, 3, "relu"),
        ("5 to 4", 5, 4, "sigmoid"),
        ("9 to 10", 9, 10, "softmax"),
    ):
        h, W, b = _dense_arrays(rng, inputs, outputs)
        alternatives = _rows_and_columns(h, W, b, act)
        yield ask("dense_layer", f"{label}, {act}", h, W, b, act, alternatives=alternatives)
    h, W, b = _dense_arrays(rng, 7, 4)
    yield ask("dense_layer", "bias of shape (out,)", h, W, b.ravel(), "relu", grade="beyond")
    yield ask("dense_layer", "input of shape (in, 1)", h[:, None], W, b, "relu", grade="beyond")


def _dense_arrays(rng: np.random.Generator, inputs: int, outputs: int) -> tuple[Array, Array, Array]:
    b = rng.uniform(0.3, 1.2, size=(outputs, 1)) * rng.choice([-1, 1], size=(outputs, 1))
    return rng.normal(size=inputs), rng.normal(size=(outputs, inputs)) / 2, b


def _size(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def two_dense_layers(reference: Reference, seed: int = 0) -> tuple[CallCase, CallCase]:
    """Two dense layers of which the second takes what the first gives."""
    rng = np.random.default_rng([seed, 6])
    h, W, b = _dense_arrays(rng, 8, 6)
    first = answered(reference, "dense_layer", "first of two", h, W, b, "relu", grade="robust")
    _, V, c = _dense_arrays(rng, 6, 5)
    label = "second of two"
    second = answered(reference, "dense_layer", label, first.expected, V, c, "linear", grade="robust")
    return first, second
