"""The Keras half of a comparison: build a layer, run it forwards and backwards, hand back NumPy arrays.

Keras is imported only when a function is called. What depends on its backend stands in `cnnlab.backends`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.backends import active
from cnnlab.numpy_cnn.conversion import layer_outputs, named_layers
from cnnlab.verify.cases import Array, LayerCase


@dataclass(frozen=True)
class Passes:
    """What one pass forwards and one backwards gave, by name."""

    outputs: dict[str, Array]
    input_gradients: list[Array]
    weight_gradients: dict[str, Array]


def build_layer(case: LayerCase, dtype: str, rng: np.random.Generator) -> Any:
    """Build the case's Keras layer and give every weight a random value; variances are positive."""
    import keras

    layer = getattr(keras.layers, case.kind)(**case.arguments, dtype=dtype)
    inputs = [keras.Input(shape[1:], dtype=dtype) for shape in case.shapes]
    layer(inputs if len(inputs) > 1 else inputs[0])
    randomize(layer, rng)
    return layer


def randomize(layer: Any, rng: np.random.Generator) -> None:
    """Give every weight of a layer or model a random value: biases too, and variances are positive."""
    for variable in layer.weights:
        value = rng.normal(size=variable.shape)
        fan_in = np.prod(variable.shape[:-1]) if len(variable.shape) > 1 else 1.0
        is_variance = "variance" in variable.name
        variable.assign(0.5 + np.abs(value) if is_variance else value / np.sqrt(fan_in))


def run_layer(layer: Any, inputs: Sequence[Array], upstream: Array, *, training: bool = False) -> Passes:
    """Run one layer on inputs of its own dtype, with `upstream` as the gradient of its output."""

    def call(tensors: list[Any]) -> list[Any]:
        return [layer(tensors if len(tensors) > 1 else tensors[0], training=training)]

    variables = layer.trainable_variables
    outputs, of_inputs, of_weights = active().gradients(call, inputs, [upstream], variables)
    named = {variable.name: g for variable, g in zip(variables, of_weights, strict=True)}
    return Passes({layer.name: outputs[0]}, of_inputs, named)


def run_model(model: Any, x: Array, upstream: Array, *, training: bool = False) -> Passes:
    """Run a functional or Sequential model on one batch: every layer's output, and all gradients.

    `upstream` is the gradient of the model's output. Names are those of the converted network; layers inside
    nested models are not listed among the outputs.
    """
    import keras

    tensors = layer_outputs(model)
    everything = keras.Model(model.inputs, [*tensors.values(), *model.outputs])

    def call(tensors: list[Any]) -> list[Any]:
        return list(everything(tensors[0], training=training))

    shapes = [tuple(d or len(x) for d in tensor.shape) for tensor in everything.outputs[:-1]]
    silent = [np.zeros(shape, x.dtype) for shape in shapes]
    variables = model.trainable_variables
    outputs, of_inputs, of_weights = active().gradients(call, [x], [*silent, upstream], variables)
    names = {id(v): f"{name}/{v.name}" for name, layer in named_layers(model) for v in layer.variables}
    of_weights_by_name = {names[id(v)]: gradient for v, gradient in zip(variables, of_weights, strict=True)}
    return Passes(dict(zip(tensors, outputs, strict=False)), of_inputs, of_weights_by_name)
