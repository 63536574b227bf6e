"""The questions that each function is asked, with the grade of each and the right answer.

Random normal numbers, never ones or zeros: sums of them leave no mistake unseen. The sizes are chosen so that
the known mistakes give different answers in at least one case: a bias added once per channel is a bias added
twice where there are two channels, so there are cases with one and with three.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cnnlab.judge.references import Array, Reference

FUNCTIONS = ("activation", "conv2d_layer", "pool2d_layer", "flatten_layer", "dense_layer")
GRADES = ("required", "robust", "beyond")


@dataclass(frozen=True)
class Case:
    """One call of one function."""

    function: str
    label: str
    args: tuple[Any, ...]
    expected: Array
    grade: str = "required"
    alternatives: tuple[tuple[Any, ...], ...] = field(default=())
    """The same question in other shapes, which a file with conventions of its own may need."""


def function_cases(reference: Reference, seed: int = 0) -> dict[str, list[Case]]:
    """All cases by function."""
    rng = np.random.default_rng([seed, 1])
    return {
        "activation": _activation(reference, rng),
        "conv2d_layer": _convolution(reference, rng),
        "pool2d_layer": _pooling(reference, rng),
        "flatten_layer": _flatten(reference, rng),
        "dense_layer": _dense(reference, rng),
    }


def _rows_and_columns(x: Array, *rest: Any) -> tuple[tuple[Any, ...], ...]:
    return (x[np.newaxis], *rest), (x[:, np.newaxis], *rest)


def _activation(reference: Reference, rng: np.random.Generator) -> list[Case]:
    cases = []
    for name in ("linear", "relu", "sigmoid"):
        for label, shape in (("vector", (7,)), ("image", (4, 5, 2))):
            x = rng.normal(size=shape) * 2
            cases.append(
                Case("activation", f"{name} {label}", (x, name), reference.activation(x, name), "required")
            )
    for label, x in (
        ("10 logits", rng.normal(size=10) * 2),
        ("3 logits", np.array([0.5, -1.25, 2.0])),
        ("negative logits", -1 - 2 * rng.random(6)),
    ):
        expected = reference.activation(x, "softmax")
        alternatives = _rows_and_columns(x, "softmax")
        cases.append(
            Case("activation", f"softmax {label}", (x, "softmax"), expected, alternatives=alternatives)
        )
    large = {
        "1000": [1000.0, -1000.0, 0.0, 999.0],
        "-1000": [-1000.0, -1001.0, -1000.5],
        "all 1000": [1000.0] * 4,
    }
    for label, values in large.items():
        x = np.array(values)
        expected = reference.activation(x, "softmax")
        alternatives = _rows_and_columns(x, "softmax")
        cases.append(
            Case("activation", f"softmax logits {label}", (x, "softmax"), expected, "robust", alternatives)
        )
    return cases


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


def _convolution(reference: Reference, rng: np.random.Generator) -> list[Case]:
    cases = []
    for label, shape, kernel, filters, act, grade in CONVOLUTIONS:
        h = rng.normal(size=shape)
        if label == "negative input":
            h = -0.5 - rng.random(shape)
        W = rng.normal(size=(*kernel, shape[2], filters)) / 2
        b = rng.uniform(0.3, 1.2, size=filters) * rng.choice([-1, 1], size=filters)
        expected = reference.conv2d_layer(h, W, b, act)
        cases.append(Case("conv2d_layer", f"{label}, {act}", (h, W, b, act), expected, grade))
    return cases


def _pooling(reference: Reference, rng: np.random.Generator) -> list[Case]:
    cases = []
    for shape, grade in (
        ((6, 6, 1), "required"),
        ((8, 4, 3), "required"),
        ((4, 10, 2), "required"),
        ((14, 14, 8), "required"),
        ((7, 7, 2), "robust"),
        ((5, 6, 1), "robust"),
        ((6, 9, 3), "robust"),
    ):
        h = rng.normal(size=shape)
        cases.append(Case("pool2d_layer", f"{_size(shape)}", (h,), reference.pool2d_layer(h), grade))
    h = -0.5 - rng.random((6, 6, 2))
    cases.append(Case("pool2d_layer", "negative numbers", (h,), reference.pool2d_layer(h)))
    return cases


def _flatten(reference: Reference, rng: np.random.Generator) -> list[Case]:
    cases = []
    for shape in ((3, 4, 2), (2, 2, 1), (3, 3, 4), (7, 7, 8)):
        h = rng.normal(size=shape)
        cases.append(Case("flatten_layer", _size(shape), (h,), reference.flatten_layer(h)))
    return cases


def _dense(reference: Reference, rng: np.random.Generator) -> list[Case]:
    cases = []
    for label, inputs, outputs, act in (
        ("12 to 5", 12, 5, "linear"),
        ("6 to 6", 6, 6, "linear"),
        ("8 to 3", 8, 3, "relu"),
        ("5 to 4", 5, 4, "sigmoid"),
        ("9 to 10", 9, 10, "softmax"),
    ):
        h, W, b = _dense_arrays(rng, inputs, outputs)
        expected = reference.dense_layer(h, W, b, act)
        alternatives = _rows_and_columns(h, W, b, act)
        cases.append(
            Case("dense_layer", f"{label}, {act}", (h, W, b, act), expected, alternatives=alternatives)
        )
    h, W, b = _dense_arrays(rng, 7, 4)
    right = reference.dense_layer(h, W, b, "relu")
    cases.append(Case("dense_layer", "bias of shape (out,)", (h, W, b.ravel(), "relu"), right, "beyond"))
    cases.append(Case("dense_layer", "input of shape (in, 1)", (h[:, None], W, b, "relu"), right, "beyond"))
    return cases


def _dense_arrays(rng: np.random.Generator, inputs: int, outputs: int) -> tuple[Array, Array, Array]:
    b = rng.uniform(0.3, 1.2, size=(outputs, 1)) * rng.choice([-1, 1], size=(outputs, 1))
    return rng.normal(size=inputs), rng.normal(size=(outputs, inputs)) / 2, b


def _size(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def second_dense_cases(reference: Reference, seed: int = 0) -> tuple[Case, Case]:
    """Two dense layers of which the second takes what the first gives."""
    rng = np.random.default_rng([seed, 6])
    h, W, b = _dense_arrays(rng, 8, 6)
    _, V, c = _dense_arrays(rng, 6, 5)
    between = reference.dense_layer(h, W, b, "relu")
    last = reference.dense_layer(between, V, c, "linear")
    return (
        Case("dense_layer", "first of two", (h, W, b, "relu"), between, "robust"),
        Case("dense_layer", "second of two", (between, V, c, "linear"), last, "robust"),
    )
