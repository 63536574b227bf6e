"""Blocks, augmentations and the like in words: their parameters, without those that do nothing out of the usual."""

from collections.abc import Mapping
from typing import Any

UNUSED: tuple[Any, ...] = (None, False, 0, 0.0, [], {}, "")  # values of what is not used
USUAL = {  # what every layer does unless configured otherwise
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
    shown = [
        f"{k} {value_in_words(v)}" for k, v in parameters.items() if _worth_showing_among(parameters, k, v)
    ]
    return f"({', '.join(shown)})" if shown else ""


def worth_showing(key: str, value: Any) -> bool:
    """Whether a parameter does anything out of the usual, as far as its own value shows."""
    return not (value in UNUSED or (key in USUAL and USUAL[key] == value))


def _worth_showing_among(parameters: Mapping[str, Any], key: str, value: Any) -> bool:
    if not worth_showing(key, value):
        return False
    if key == "negative_slope" and "activation" in parameters:
        return bool(parameters["activation"] == "leaky_relu")
    if key in ("momentum", "epsilon") and "batch_norm" in parameters:
        return bool(parameters["batch_norm"])
    return not (key == "epsilon" and value == 1e-7)


def value_in_words(value: Any) -> str:
    """Return a parameter's value on one line."""
    if isinstance(value, float):
        return f"{value:zg}"
    if isinstance(value, list):
        return f"[{', '.join(map(value_in_words, value))}]"
    return str(value)
