"""Blocks, augmentations and the like in words: their parameters, without those that do nothing out of the usual."""

from collections.abc import Mapping
from typing import Any

SILENT: tuple[Any, ...] = (None, False, 0, 0.0, [], {}, "")  # a value that says: not used
ONLY_WITH = {"negative_slope": "leaky_relu", "momentum": "batch_norm", "epsilon": "batch_norm"}
PLAIN = {  # what every layer does unless configured otherwise
    "use_bias": True,
    "padding": "same",
    "kernel_initializer": "glorot_uniform",
    "activation": "relu",
    "interpolation": "bilinear",
    "beta_1": 0.9,
    "beta_2": 0.999,
    "penalize": "kernels",
    "precision": "float32",
    "weight_decay_on": "all",
    "ensemble": 1,
    "strides": 1,
    "dilation_rate": 1,
}


def item_in_words(item: Any) -> str:
    """A block or an augmentation with the parameters that do something."""
    if not isinstance(item, dict) or len(item) != 1:
        return str(item).replace("_", " ")
    name, parameters = next(iter(item.items()))
    words = parameters_in_words(parameters) if isinstance(parameters, dict) else ""
    return " ".join(filter(None, (str(name).replace("_", " "), words)))


def parameters_in_words(parameters: Mapping[str, Any]) -> str:
    """Return "(filters 8, convs 2)"; empty where none does anything out of the usual."""
    said = [f"{k} {value_in_words(v)}" for k, v in parameters.items() if _says_something(k, v, parameters)]
    return f"({', '.join(said)})" if said else ""


def says_something(key: str, value: Any) -> bool:
    """Whether a parameter does anything out of the usual, as far as its own value shows."""
    return not (value in SILENT or (key in PLAIN and PLAIN[key] == value))


def _says_something(key: str, value: Any, parameters: Mapping[str, Any]) -> bool:
    if not says_something(key, value):
        return False
    if key == "negative_slope" and "activation" in parameters:
        return parameters["activation"] == ONLY_WITH[key]
    if key in ("momentum", "epsilon") and "batch_norm" in parameters:
        return bool(parameters["batch_norm"])
    return not (key == "epsilon" and value == 1e-7)


def value_in_words(value: Any) -> str:
    """Return a parameter's value on one line."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return f"[{', '.join(map(value_in_words, value))}]"
    return str(value)
