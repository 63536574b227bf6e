"""Small inputs for every check, and what a submission makes of them.

This sees that something is wrong and never what: it tests the corpus, and is no judge.
"""

import contextlib
import copy
import functools
import io
import re
import types
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import plain

CLASSES = 5
LINE = re.compile(r"(train|test)\s+(loss|accuracy)\s*[:=]\s*([-+\w.]+)", re.IGNORECASE)
LAYERS = ["conv", "pool", "conv", "pool", "flatten", "dense"]


@dataclass(frozen=True)
class Case:
    """One input for one check: `run` gives the module's result as an array."""

    check: str
    grade: str
    label: str
    run: Callable[[object], np.ndarray]
    finite_only: bool = False
    exact_shape: bool = True
    tolerance: float = 1e-4


def load(source: str) -> types.ModuleType:
    """Run a submission's text in this process, its prints caught."""
    module = types.ModuleType("cnn")
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(source, "cnn.py", "exec"), module.__dict__)
    return module


def normal(seed, *shape):
    """Numbers that are the same every time."""
    return np.random.default_rng(seed).normal(size=shape)


def weights(layers, channels=1, dense=(CLASSES,), flat=8, scale=1.0):
    """Random kernels, matrices and biases, with empty lists for layers without any."""
    W, b, filters, widths = [], [], iter((4, 2, 3)), iter(dense)
    for index, name in enumerate(layers):
        if name == "conv":
            outputs = next(filters)
            W.append(normal(index, 3, 3, channels, outputs) / 3)
            b.append(normal(index + 50, outputs) / 3)
            channels = outputs
        elif name == "dense":
            outputs = next(widths)
            W.append(scale * normal(index, outputs, flat) / 2)
            b.append(normal(index + 50, outputs, 1))
            flat = outputs
        else:
            W.append([])
            b.append([])
    return W, b


@functools.cache
def make_dataset(scale=1.0):
    """Random images whose labels are mostly, and in each part to another degree, what the network says."""
    data = types.SimpleNamespace(K=CLASSES, C=1, N_train=8, verbose=True)
    network = plain.CNN(data)
    network.setup_model(*weights(LAYERS, scale=scale), LAYERS)
    for part, n, wrong in (("train", 8, 2), ("valid", 5, 2), ("test", 7, 4)):
        x = normal(n, n, 8, 8, 1)
        y = network.feedforward(x).argmax(axis=1)
        y[:wrong] = (y[:wrong] + 1) % CLASSES
        setattr(data, f"x_{part}", x)
        setattr(data, f"y_{part}", y)
        setattr(data, f"y_{part}_oh", np.eye(CLASSES)[y])
    data.N_valid, data.N_test = 5, 7
    return data


def make_network(module, layers=LAYERS, activation="relu", scale=1.0, **sizes):
    """The submission's network with random weights."""
    network = module.CNN(copy.deepcopy(make_dataset(scale)), True)
    network.setup_model(*weights(layers, scale=scale, **sizes), layers, activation)
    return network


def evaluated(module, scale=1.0):
    """The four numbers that `evaluate` prints, accuracies in percent; nan for one that is missing."""
    network = make_network(module, scale=scale)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        network.evaluate()
    found = {
        (part.lower(), word.lower()): float(value) for part, word, value in LINE.findall(printed.getvalue())
    }
    values = np.array(
        [[found.get((part, word), np.nan) for word in ("loss", "accuracy")] for part in ("train", "test")]
    )
    if not (values[:, 1] > 1).any():
        values[:, 1] *= 100
    return values.ravel()


def convolved(module, seed, image, kernel, act):
    """The convolution of a random image."""
    return module.conv2d_layer(
        normal(seed, *image), normal(seed + 1, *kernel), normal(seed + 2, kernel[3]), act
    )


def dense(module, seed, shape, act, column=False, bias_column=True):
    """The dense layer of a random vector."""
    h, b = normal(seed, shape[1]), normal(seed + 2, shape[0])
    return module.dense_layer(
        h[:, None] if column else h, normal(seed + 1, *shape), b[:, None] if bias_column else b, act
    )


def two_dense(module):
    """A dense layer fed by another."""
    h = dense(module, 3, (4, 6), "relu")
    return module.dense_layer(h, normal(7, 3, 4), normal(8, 3, 1), "softmax")


def relu_keeps_input(module):
    """The argument of relu after the call."""
    x = normal(1, 9)
    module.activation(x, "relu")
    return x


def sample(module, layers=LAYERS, activation="relu", image=(8, 8, 1), **sizes):
    """One image through the network."""
    return make_network(module, layers, activation, **sizes).feedforward_sample(normal(4, *image))


THREE_POOLS = ["conv", "pool", "conv", "pool", "conv", "pool", "flatten", "dense"]
TWO_DENSE = [*LAYERS, "dense"]


def set_through(module, layers=LAYERS, activation="relu", image=(8, 8, 1), **sizes):
    """A few images through the network."""
    return make_network(module, layers, activation, **sizes).feedforward(normal(5, 3, *image))


def cases() -> list[Case]:
    """Every case, function by function."""
    listed = []

    def add(check, grade, label, run, **options):
        listed.append(Case(check, grade, label, run, **options))

    for act in ("linear", "relu", "sigmoid", "softmax"):
        add("activation", "required", act, lambda m, act=act: m.activation(3 * normal(1, 9), act))
    for act in ("softmax", "sigmoid"):
        x = np.array([-1000.0, 0.5, 1000.0])
        add("activation", "robust", f"large {act}", lambda m, act=act, x=x: m.activation(x.copy(), act))
    add("activation", "robust", "relu leaves its input alone", relu_keeps_input)

    images = [((6, 5, 1), (1, 1, 1, 2)), ((6, 5, 1), (3, 3, 1, 4)), ((5, 7, 3), (3, 3, 3, 2))]
    images += [((7, 8, 2), (5, 5, 2, 3)), ((7, 8, 2), (3, 5, 2, 3)), ((5, 4, 2), (3, 3, 2, 2))]
    for seed, (image, kernel) in enumerate(images):
        for act in ("linear", "relu", "sigmoid"):
            label = f"{kernel} {act}"
            add(
                "conv2d_layer",
                "required",
                label,
                lambda m, seed=seed, image=image, kernel=kernel, act=act: convolved(
                    m, seed, image, kernel, act
                ),
            )
    add("conv2d_layer", "beyond", "2x2", lambda m: convolved(m, 5, (5, 6, 2), (2, 2, 2, 3), "linear"))
    add("conv2d_layer", "beyond", "4x3", lambda m: convolved(m, 5, (5, 6, 2), (4, 3, 2, 3), "linear"))

    add("pool2d_layer", "required", "even", lambda m: m.pool2d_layer(normal(1, 6, 4, 3)))
    add("pool2d_layer", "required", "negative", lambda m: m.pool2d_layer(-1 - np.abs(normal(1, 4, 4, 2))))
    add("pool2d_layer", "robust", "7x5", lambda m: m.pool2d_layer(1 + np.abs(normal(1, 7, 5, 3))))
    add("pool2d_layer", "robust", "4x5", lambda m: m.pool2d_layer(normal(1, 4, 5, 1)))
    loose = {"exact_shape": False}
    add("flatten_layer", "required", "4x3x2", lambda m: m.flatten_layer(normal(1, 4, 3, 2)), **loose)
    add("flatten_layer", "beyond", "4x3x2", lambda m: m.flatten_layer(normal(1, 4, 3, 2)))
    for act in ("linear", "relu", "sigmoid", "softmax"):
        for shape in ((4, 9), (5, 5)):
            run = lambda m, act=act, shape=shape: dense(m, 2, shape, act)  # noqa: E731
            add("dense_layer", "required", f"{shape} {act}", run, **loose)
    add("dense_layer", "robust", "two in a row", two_dense, **loose)
    add("dense_layer", "beyond", "a vector comes out", lambda m: dense(m, 2, (4, 9), "relu"))
    run = lambda m: dense(m, 2, (4, 9), "relu", bias_column=False)  # noqa: E731
    add("dense_layer", "beyond", "vector bias", run, **loose)
    add("dense_layer", "beyond", "column input", lambda m: dense(m, 2, (4, 9), "relu", column=True), **loose)

    add("setup_model", "required", "count", lambda m: np.array(make_network(m).N))
    for check, run in (("feedforward_sample", sample), ("feedforward", set_through)):
        options = loose if check == "feedforward_sample" else {}
        add(check, "required", "lab", run, **options)
        three = {"layers": THREE_POOLS, "flat": 3, "image": (12, 12, 1)}
        two = {"layers": TWO_DENSE, "dense": (6, CLASSES)}
        hidden = {"activation": "sigmoid"}
        for label, sizes in (("three pools", three), ("two dense", two), ("sigmoid inside", hidden)):
            add(check, "robust", label, lambda m, run=run, sizes=sizes: run(m, **sizes), **options)
    add("evaluate", "required", "four lines", evaluated, tolerance=2e-3)
    add("evaluate", "robust", "saturated", lambda m: evaluated(m, scale=20000.0), finite_only=True)
    return listed


CASES = cases()


def outcome(case: Case, module: object) -> np.ndarray | str:
    """The result of one case, or the type of the exception it raised."""
    try:
        with (
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            result = case.run(module)
            return np.array(result if result is not None else "None", dtype=float)
    except Exception as error:
        return type(error).__name__


def same(case: Case, first: np.ndarray | str, second: np.ndarray | str) -> bool:
    """Whether two outcomes of a case agree."""
    if isinstance(first, str) or isinstance(second, str):
        return isinstance(first, str) and isinstance(second, str) and first == second
    if case.finite_only:
        return np.isfinite(first).all() == np.isfinite(second).all()
    if first.size != second.size or (case.exact_shape and first.shape != second.shape):
        return False
    if not case.exact_shape and sorted(n for n in first.shape if n > 1) != sorted(
        n for n in second.shape if n > 1
    ):
        return False
    tolerance = {"rtol": case.tolerance, "atol": case.tolerance / 10}
    return np.allclose(first.ravel(), second.ravel(), **tolerance, equal_nan=True)


def outcomes(module: object) -> list[np.ndarray | str]:
    """The outcomes of all cases."""
    return [outcome(case, module) for case in CASES]


def differing(first: list, second: list) -> dict[str, set[str]]:
    """The checks at which two lists of outcomes differ, by grade."""
    found: dict[str, set[str]] = {"required": set(), "robust": set(), "beyond": set()}
    for case, one, other in zip(CASES, first, second, strict=True):
        if not same(case, one, other):
            found[case.grade].add(case.check)
    return found
