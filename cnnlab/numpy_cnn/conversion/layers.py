"""The twin in NumPy of each Keras layer: one small function per class."""

from collections.abc import Callable
from typing import Any

import numpy as np

from cnnlab.errors import CnnlabError
from cnnlab.numpy_cnn import layers
from cnnlab.numpy_cnn.layers.layer import Array, Layer

Weights = dict[str, Array]

ACTIVATIONS: dict[str, Callable[[], Layer]] = {
    "elu": layers.ELU,
    "leaky_relu": lambda: _leaky_relu(0.2),  # the function's default slope; the layer's is .3
    "linear": layers.Linear,
    "relu": layers.ReLU,
    "sigmoid": layers.Sigmoid,
    "softmax": layers.Softmax,
    "tanh": layers.Tanh,
}


def convert_layer(layer: Any, dtype: np.dtype[Any]) -> tuple[Layer, ...]:
    """Convert one built Keras layer, its weights included; a fused activation becomes a second layer.

    Raises CnnlabError naming the layer and its class, where there is no twin or where a setting has none.
    """
    kind = type(layer).__name__
    if not is_keras(layer) or not hasattr(layer, "count_params") or kind not in TWINS:
        raise CnnlabError(
            f"The layer '{layer.name}' of class {kind} has no twin in NumPy; supported: "
            f"{', '.join(supported_layers())}."
        )
    weights = {name: np.array(value, dtype) for name, value in keras_weights(layer).items()}
    twins = TWINS[kind](layer, weights)
    twins[0].penalties = _penalties(layer, weights)
    twins[0].trainable = bool(layer.trainable)
    return twins


def supported_layers() -> list[str]:
    """The Keras classes that can be converted."""
    return sorted([*TWINS, "InputLayer"])


def is_keras(thing: Any) -> bool:
    """Whether an object's class is Keras' own; a person's subclass may compute anything."""
    return type(thing).__module__.partition(".")[0] == "keras"


def keras_weights(layer: Any) -> Weights:
    """A Keras layer's weights by their names, in Keras' order."""
    return {v.name: np.asarray(w) for v, w in zip(layer.weights, layer.get_weights(), strict=True)}


def _require(layer: Any, **expected: Any) -> None:
    """Refuse a setting that has no twin; attributes that the layer lacks are fine."""
    for name, value in expected.items():
        received = getattr(layer, name, value)
        if received != value:
            raise CnnlabError(
                f"The layer '{layer.name}' of class {type(layer).__name__} has {name}={received!r}; "
                f"its twin in NumPy knows only {name}={value!r}."
            )


def _penalties(layer: Any, weights: Weights) -> dict[str, layers.Penalty]:
    _require(layer, activity_regularizer=None)
    regularizers = {name: getattr(layer, f"{name}_regularizer", None) for name in weights}
    return {name: _penalty(layer, r) for name, r in regularizers.items() if r is not None}


def _penalty(layer: Any, regularizer: Any) -> layers.Penalty:
    if not is_keras(regularizer) or type(regularizer).__name__ not in ("L1", "L2", "L1L2"):
        raise CnnlabError(
            f"The layer '{layer.name}' has the regularizer {type(regularizer).__name__}, which has no "
            "twin in NumPy; supported: L1, L2, L1L2."
        )
    # On TensorFlow both factors pass through float32, whatever the type of the weight.
    l1, l2 = (float(np.float32(getattr(regularizer, name, 0.0))) for name in ("l1", "l2"))
    return layers.Penalty(l1, l2)


def _with_activation(layer: Any, twin: Layer) -> tuple[Layer, ...]:
    activation = _activation(layer)
    return (twin,) if isinstance(activation, layers.Linear) else (twin, activation)


def _activation(layer: Any) -> Layer:
    """The layer for a Keras layer's `activation`: a function of keras.activations, or a layer."""
    activation = layer.activation
    if hasattr(activation, "count_params"):
        return convert_layer(activation, np.dtype(activation.compute_dtype))[0]
    name = getattr(activation, "__name__", type(activation).__name__)
    if name not in ACTIVATIONS or not getattr(activation, "__module__", "").startswith("keras."):
        raise CnnlabError(
            f"The layer '{layer.name}' of class {type(layer).__name__} has the activation {name}, which has "
            f"no twin in NumPy; supported: {', '.join(ACTIVATIONS)}."
        )
    return ACTIVATIONS[name]()


def _conv2d(layer: Any, weights: Weights) -> tuple[Layer, ...]:
    _require(layer, data_format="channels_last", groups=1, lora_rank=None)
    twin = layers.Conv2D(
        **weights,
        strides=tuple(layer.strides),
        padding=layer.padding,
        dilation_rate=tuple(layer.dilation_rate),
    )
    return _with_activation(layer, twin)


def _dense(layer: Any, weights: Weights) -> tuple[Layer, ...]:
    _require(layer, lora_rank=None, quantization_mode=None)
    return _with_activation(layer, layers.Dense(**weights))


def _max_pooling(layer: Any, weights: Weights) -> tuple[Layer, ...]:
    _require(layer, data_format="channels_last")
    strides = tuple(layer.strides)
    return (layers.MaxPooling2D(tuple(layer.pool_size), strides=strides, padding=layer.padding),)


def _average_pooling(layer: Any, weights: Weights) -> tuple[Layer, ...]:
    _require(layer, data_format="channels_last")
    strides = tuple(layer.strides)
    return (layers.AveragePooling2D(tuple(layer.pool_size), strides=strides, padding=layer.padding),)


def _global_average_pooling(layer: Any, weights: Weights) -> tuple[Layer, ...]:
    _require(layer, data_format="channels_last")
    return (layers.GlobalAveragePooling2D(keepdims=bool(layer.keepdims)),)


def _flatten(layer: Any, weights: Weights) -> tuple[Layer, ...]:
    _require(layer, data_format="channels_last")
    return (layers.Flatten(),)


def _batch_normalization(layer: Any, weights: Weights) -> tuple[Layer, ...]:
    _require(layer, renorm=False, synchronized=False)
    _last_axis(layer, layer.axis)
    return (
        layers.BatchNormalization(**weights, momentum=float(layer.momentum), epsilon=float(layer.epsilon)),
    )


def _last_axis(layer: Any, axis: int) -> None:
    """Refuse an axis that is not the last one of the layer's input, the channels."""
    if axis not in (-1, len(layer.input.shape) - 1 if layer._inbound_nodes else -1):
        _require(layer, axis=-1)


def _relu(layer: Any, weights: Weights) -> tuple[Layer, ...]:
    _require(layer, max_value=None, threshold=0)
    return (_leaky_relu(layer.negative_slope) if layer.negative_slope else layers.ReLU(),)


def _leaky_relu(slope: float) -> layers.LeakyReLU:
    """TensorFlow keeps the slope in float32 whatever the type of the data: .1 is 1.5e-9 off in float64."""
    return layers.LeakyReLU(float(np.float32(slope)))


def _softmax(layer: Any, weights: Weights) -> tuple[Layer, ...]:
    _last_axis(layer, layer.axis)
    return (layers.Softmax(),)


def _rescaling(layer: Any, weights: Weights) -> tuple[Layer, ...]:
    # Keras passes scale and offset through float32 whatever the type of the data.
    dtype = np.dtype(layer.compute_dtype)
    scale, offset = (np.asarray(value, np.float32).astype(dtype) for value in (layer.scale, layer.offset))
    return (layers.Rescaling(scale, offset),)


def _normalization(layer: Any, weights: Weights) -> tuple[Layer, ...]:
    _require(layer, invert=False)
    if weights:
        return (layers.Normalization(**weights),)
    mean, variance = (np.array(value).reshape(-1) for value in (layer.mean, layer.variance))
    return (layers.Normalization(mean, variance),)


def _zero_padding(layer: Any, weights: Weights) -> tuple[Layer, ...]:
    _require(layer, data_format="channels_last")
    (top, bottom), (left, right) = layer.padding
    return (layers.ZeroPadding2D(((top, bottom), (left, right))),)


TWINS: dict[str, Callable[[Any, Weights], tuple[Layer, ...]]] = {
    "Activation": lambda layer, weights: (_activation(layer),),
    "Add": lambda layer, weights: (layers.Add(),),
    "AveragePooling2D": _average_pooling,
    "BatchNormalization": _batch_normalization,
    "Concatenate": lambda layer, weights: (layers.Concatenate(axis=layer.axis),),
    "Conv2D": _conv2d,
    "Dense": _dense,
    "Dropout": lambda layer, weights: (layers.Dropout(layer.rate, seed=layer.seed),),
    "ELU": lambda layer, weights: (layers.ELU(float(layer.alpha)),),
    "Flatten": _flatten,
    "GlobalAveragePooling2D": _global_average_pooling,
    "LeakyReLU": lambda layer, weights: (_leaky_relu(layer.negative_slope),),
    "MaxPooling2D": _max_pooling,
    "Normalization": _normalization,
    "ReLU": _relu,
    "Rescaling": _rescaling,
    "Softmax": _softmax,
    "ZeroPadding2D": _zero_padding,
}
