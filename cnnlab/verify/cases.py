"""What the layers are compared on, as data: arguments of Keras layers, shapes, and kinds of input.

A case is only a description; `pairs` builds and runs it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnlab.errors import ConfigError, did_you_mean

Shape = tuple[int, ...]
Array = NDArray[Any]


@dataclass(frozen=True)
class LayerCase:
    """One Keras layer class with its arguments, the shapes of its inputs, and what the inputs look like."""

    kind: str
    arguments: dict[str, Any] = field(default_factory=dict)
    shapes: tuple[Shape, ...] = ((3, 7, 6, 2),)
    inputs: str = "normal"
    training: bool = False

    @property
    def label(self) -> str:
        """A short name for tables and test reports."""
        arguments = " ".join(f"{name}={value}" for name, value in self.arguments.items())
        shapes = " + ".join("x".join(map(str, shape)) for shape in self.shapes)
        kind = "" if self.inputs == "normal" else self.inputs
        return " ".join(filter(None, [arguments, shapes, kind, "training" if self.training else ""]))


INPUTS: dict[str, Callable[[np.random.Generator, Shape], Array]] = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "negative": lambda rng, shape: -1.0 - rng.random(shape),
    "ties": lambda rng, shape: rng.integers(0, 2, shape).astype(float),
    "zeros": lambda rng, shape: rng.normal(size=shape) * rng.integers(0, 2, shape),
    "large": lambda rng, shape: 1000.0 * rng.normal(size=shape),
    "pixels": lambda rng, shape: rng.integers(0, 256, shape).astype(float),
}
"""Ways to draw an input: with ties as after a ReLU, with exact zeros, with values that overflow exp, ..."""


def draw_inputs(case: LayerCase, rng: np.random.Generator) -> list[Array]:
    """Draw a case's inputs in float64."""
    return [INPUTS[case.inputs](rng, shape) for shape in case.shapes]


def _conv2d() -> list[LayerCase]:
    def conv(shape: Shape = (3, 7, 6, 2), **arguments: Any) -> LayerCase:
        return LayerCase("Conv2D", {"filters": 3, "kernel_size": 3} | arguments, (shape,))

    kernels: list[Any] = [1, 2, 3, 4, 5, (1, 3), (4, 1), (2, 5)]
    shapes = [(1, 5, 5, 1), (3, 8, 8, 1), (2, 8, 7, 16), (2, 3, 3, 2), (5, 9, 4, 3)]
    paddings = ("same", "valid")
    return [
        *(conv(kernel_size=kernel, padding=padding) for kernel in kernels for padding in paddings),
        *(
            conv((2, rows, columns, 2), kernel_size=kernel, strides=2, padding=padding)
            for rows, columns in ((8, 8), (7, 6), (9, 5))
            for kernel in (1, 2, 3, 5)
            for padding in paddings
        ),
        *(conv(shape, padding=padding) for shape in shapes for padding in paddings),
        *(conv((2, 9, 8, 2), dilation_rate=rate, padding=p) for rate in (2, (1, 3)) for p in paddings),
        conv((2, 8, 9, 2), strides=(3, 1), padding="same"),
        conv((2, 3, 4, 2), kernel_size=5, padding="same"),
        conv(filters=16, kernel_size=4, strides=3, padding="same"),
        conv(use_bias=False, padding="same"),
        *(conv(padding="same", activation=name) for name in ("relu", "tanh", "leaky_relu")),
    ]


def _pooling(kind: str) -> list[LayerCase]:
    def pool(shape: Shape = (3, 7, 6, 2), inputs: str = "normal", **arguments: Any) -> LayerCase:
        return LayerCase(kind, arguments, (shape,), inputs)

    paddings = ("same", "valid")
    return [
        *(pool(pool_size=size, padding=padding) for size in (1, 2, 3, (2, 3)) for padding in paddings),
        *(pool(pool_size=3, strides=s, padding=padding) for s in (1, 2, (2, 1)) for padding in paddings),
        *(pool(pool_size=2, strides=3, padding=padding) for padding in paddings),
        *(pool(inputs="negative", pool_size=3, strides=2, padding=padding) for padding in paddings),
        *(pool(inputs="ties", pool_size=size, strides=2, padding="same") for size in (2, 3)),
        pool((1, 2, 2, 1), pool_size=2),
        pool((2, 8, 8, 16), pool_size=2),
    ]


def _elementwise(kind: str, **arguments: Any) -> list[LayerCase]:
    return [
        LayerCase(kind, arguments, ((4, 5),)),
        LayerCase(kind, arguments, ((3, 4, 5, 2),)),
        LayerCase(kind, arguments, ((4, 6),), "zeros"),
        LayerCase(kind, arguments, ((4, 6),), "large"),
    ]


def _batch_normalization() -> list[LayerCase]:
    settings: list[dict[str, Any]] = [
        {},
        {"scale": False},
        {"center": False},
        {"momentum": 0.9, "epsilon": 1e-5},
        {"trainable": False},
    ]
    return [
        LayerCase("BatchNormalization", setting, (shape,), training=training)
        for setting in settings
        for shape in ((4, 5, 6, 3), (8, 4))
        for training in (False, True)
    ]


LAYER_CASES: dict[str, list[LayerCase]] = {
    "Conv2D": _conv2d(),
    "MaxPooling2D": _pooling("MaxPooling2D"),
    "AveragePooling2D": _pooling("AveragePooling2D"),
    "GlobalAveragePooling2D": [
        LayerCase("GlobalAveragePooling2D"),
        LayerCase("GlobalAveragePooling2D", {"keepdims": True}),
        LayerCase("GlobalAveragePooling2D", {}, ((1, 1, 1, 1),)),
    ],
    "Flatten": [
        LayerCase("Flatten"),
        LayerCase("Flatten", {}, ((1, 3, 4, 1),)),
        LayerCase("Flatten", {}, ((4, 5),)),
    ],
    "Dense": [
        LayerCase("Dense", {"units": 4}, ((3, 5),)),
        LayerCase("Dense", {"units": 1}, ((1, 1),)),
        LayerCase("Dense", {"units": 10, "activation": "softmax"}, ((6, 392),)),
        LayerCase("Dense", {"units": 3, "use_bias": False, "activation": "elu"}, ((4, 7),)),
        LayerCase("Dense", {"units": 3}, ((2, 4, 5, 6),)),
    ],
    "BatchNormalization": _batch_normalization(),
    "Dropout": [LayerCase("Dropout", {"rate": 0.3}), LayerCase("Dropout", {"rate": 0.0}, training=True)],
    "Add": [LayerCase("Add", {}, ((2, 3, 4, 5),) * 2), LayerCase("Add", {}, ((3, 4),) * 3)],
    "Concatenate": [
        LayerCase("Concatenate", {}, ((2, 3, 4, 5), (2, 3, 4, 1))),
        LayerCase("Concatenate", {"axis": 1}, ((2, 3, 4, 5), (2, 2, 4, 5))),
        LayerCase("Concatenate", {}, ((3, 4), (3, 1), (3, 2))),
    ],
    "ReLU": [*_elementwise("ReLU"), LayerCase("ReLU", {"negative_slope": 0.1}, ((3, 4),))],
    "LeakyReLU": [*_elementwise("LeakyReLU"), *_elementwise("LeakyReLU", negative_slope=0.1)],
    "ELU": [*_elementwise("ELU"), *_elementwise("ELU", alpha=0.5)],
    "Activation": [
        case
        for name in ("relu", "leaky_relu", "elu", "sigmoid", "tanh", "softmax", "linear")
        for case in _elementwise("Activation", activation=name)
    ],
    "Softmax": _elementwise("Softmax"),
    "ZeroPadding2D": [
        LayerCase("ZeroPadding2D", {"padding": 1}),
        LayerCase("ZeroPadding2D", {"padding": ((0, 1), (2, 3))}),
    ],
    "Rescaling": [
        LayerCase("Rescaling", {"scale": 1 / 127.5, "offset": -1.0}, inputs="pixels"),
        LayerCase("Rescaling", {"scale": [0.5, 2.0], "offset": [1.0, 0.0]}),
    ],
    "Normalization": [
        LayerCase("Normalization", {"mean": [0.1, -1.0], "variance": [0.3, 2.0]}),
        LayerCase("Normalization", {"mean": [0.5, -1.0], "variance": [0.0, 2.0]}),
        LayerCase("Normalization", {"axis": None, "mean": 127.5, "variance": 4000.0}, inputs="pixels"),
    ],
}
"""The cases of every Keras layer class that has a twin, by its name."""

LOSS_CASES: dict[str, list[LayerCase]] = {
    kind: [
        LayerCase(kind, {"from_logits": True} | smoothing, ((8, 10),), inputs)
        for smoothing in ({}, {"label_smoothing": 0.125})
        for inputs in ("normal", "large")
    ]
    + [LayerCase(kind, {"label_smoothing": smoothing}, ((8, 10),)) for smoothing in (0.0, 0.125)]
    for kind in ("CategoricalCrossentropy", "BinaryCrossentropy")
}
"""Cases of the losses: logits also where exp would overflow; smoothing of an eighth is exact in any float type."""

CASES: dict[str, list[LayerCase]] = LAYER_CASES | LOSS_CASES
"""Layers and losses, in the order of the tables."""


def chosen_kinds(names: Sequence[str]) -> list[str]:
    """The kinds that `names` mean, in the order of the tables; all kinds without a name.

    Capitals and underscores do not matter: ``conv2d``, ``Conv2D`` and ``max_pooling_2d`` are understood. Raises
    ConfigError, with the list, for any other name.
    """
    by_name = {_plain(kind): kind for kind in CASES}
    for name in names:
        if _plain(name) not in by_name:
            nearest = did_you_mean(_plain(name), by_name)
            raise ConfigError(
                f"--layer: there is no layer kind '{name}'{nearest}; kinds: {', '.join(map(str.lower, CASES))}."
            )
    wanted = {by_name[_plain(name)] for name in names} or set(CASES)
    return [kind for kind in CASES if kind in wanted]


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
