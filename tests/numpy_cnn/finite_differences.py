"""Checking a backward pass by finite differences."""

from collections.abc import Callable

import numpy as np

STEP = 1e-6


def numeric_gradient(function: Callable[[], float], array: np.ndarray) -> np.ndarray:
    """The gradient of `function` with respect to `array`, number by number, by central differences."""
    gradient = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + STEP
        above = function()
        array[index] = kept - STEP
        below = function()
        array[index] = kept
        gradient[index] = (above - below) / (2 * STEP)
    return gradient


def assert_backward_is_right(layer, *inputs, training=False, seed=0, tolerance=1e-6):
    """Compare every gradient of a float64 layer with finite differences, under a random upstream."""
    inputs = tuple(np.array(x, np.float64) for x in inputs)
    upstream = np.random.default_rng(seed).normal(size=layer.forward(*inputs, training=training).shape)

    def objective() -> float:
        return float((upstream * layer.forward(*inputs, training=training)).sum())

    layer.forward(*inputs, training=training)
    of_inputs = layer.backward(upstream)
    of_weights = {name: layer.gradients[name].copy() for name in layer.trainable_weights()}
    for x, gradient in zip(inputs, of_inputs, strict=True):
        np.testing.assert_allclose(gradient, numeric_gradient(objective, x), atol=tolerance, rtol=tolerance)
    for name, gradient in of_weights.items():
        expected = numeric_gradient(objective, layer.weights[name])
        np.testing.assert_allclose(gradient, expected, atol=tolerance, rtol=tolerance, err_msg=name)
