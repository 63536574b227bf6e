"""Putting right functions in the place of wrong ones, so that each can be judged without the others' mistakes."""

import contextlib
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np

from cnnlab.judge.child import right

METHODS = ("feedforward_sample", "feedforward")


@contextlib.contextmanager
def replaced(
    module: ModuleType | None,
    shapes: dict[str, str],
    request: dict[str, Any] | None = None,
    arrays: dict[str, np.ndarray] | None = None,
) -> Iterator[None]:
    """Replace the functions named in `shapes`, for the length of a check.

    The value says in which shape a vector is returned ("vector", "row" or "column"): a file may pass on
    columns throughout, and its other functions may count on that.
    """
    before = []
    for name, shape in shapes.items():
        if name in METHODS:
            place, function = getattr(module, "CNN", None), _method(name, request or {}, arrays or {})
        else:
            place, function = module, getattr(right, name)
        before.append((place, name, vars(place).get(name)))
        setattr(place, name, _shaped(function, shape, skip_self=name in METHODS))
    try:
        yield
    finally:
        for place, name, old in before:
            if old is None:
                delattr(place, name)
            else:
                setattr(place, name, old)


def _shaped(function: Callable[..., Any], shape: str, *, skip_self: bool) -> Callable[..., Any]:
    def shaped(*args: Any, **named: Any) -> Any:
        values = [*args, *named.values()]
        y = function(*values[1:] if skip_self else values)
        if y.ndim == 1 and shape == "column":
            return y[:, np.newaxis]
        return y[np.newaxis] if y.ndim == 1 and shape == "row" else y

    return shaped


def _method(name: str, request: dict[str, Any], arrays: dict[str, np.ndarray]) -> Callable[..., Any]:
    W, b = layer_weights(request, arrays)

    def sample(h: Any) -> Any:
        return right.feedforward_sample(h, W, b, request["lname"], request["activation"])

    return sample if name == "feedforward_sample" else lambda x: np.stack([sample(h) for h in x])


def layer_weights(request: dict[str, Any], arrays: dict[str, np.ndarray]) -> tuple[list[Any], list[Any]]:
    """The lists W and b of `setup_model`: an empty list for a layer without weights."""
    count = len(request["lname"])
    W: list[Any] = [arrays[f"W{i}"].copy() if f"W{i}" in arrays else [] for i in range(count)]
    return W, [arrays[f"b{i}"].copy() if f"b{i}" in arrays else [] for i in range(count)]
