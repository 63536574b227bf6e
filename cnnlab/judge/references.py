"""What is right: cnnlab's NumPy network, which is itself verified against Keras; or Keras, when asked for."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from cnnlab.numpy_cnn import Network
from cnnlab.numpy_cnn.layers import (
    Conv2D,
    Dense,
    Flatten,
    Layer,
    Linear,
    MaxPooling2D,
    ReLU,
    Sigmoid,
    Softmax,
)

Array = np.ndarray
Layers = Sequence[tuple[str, Any, Any, str]]
"""(kind, W, b, activation) for each layer; the kinds are the interface's, and "activation"."""
ACTIVATIONS: dict[str, type[Layer]] = {"linear": Linear, "relu": ReLU, "sigmoid": Sigmoid, "softmax": Softmax}


def network_layers(W: Sequence[Any], b: Sequence[Any], lname: Sequence[str], activation: str) -> Layers:
    """The layers of a network that is given as `setup_model` takes it; the last one has the softmax."""
    acts = [*[activation] * (len(lname) - 1), "softmax"]
    return list(zip(lname, W, b, acts, strict=True))


class Reference(ABC):
    """Right answers, in float64: the functions of the interface, one image at a time and without a batch axis."""

    name: str

    def activation(self, x: Array, activation: str) -> Array:
        """Any shape; softmax over the whole of a vector, a row or a column, else over the last axis."""
        x = np.asarray(x, np.float64)
        flat = x.ravel() if sum(n > 1 for n in x.shape) <= 1 else x
        return self.run([("activation", None, None, activation)], flat).reshape(x.shape)

    def conv2d_layer(self, h: Array, W: Array, b: Array, act: str) -> Array:
        """Convolution with padding "same"."""
        return self.run([("conv", W, b, act)], h)

    def pool2d_layer(self, h: Array) -> Array:
        """The maximum of 2x2 pixels; an odd last row or column is dropped."""
        return self.run([("pool", None, None, "linear")], h)

    def flatten_layer(self, h: Array) -> Array:
        """One vector, row-major."""
        return self.run([("flatten", None, None, "linear")], h)

    def dense_layer(self, h: Array, W: Array, b: Array, act: str) -> Array:
        """W ``(out, in)`` and b of any shape with `out` numbers; h of any shape with `in` numbers."""
        return self.run([("dense", W, b, act)], np.ravel(h))

    def feedforward_sample(
        self, h: Array, W: Sequence[Any], b: Sequence[Any], lname: Sequence[str], activation: str = "relu"
    ) -> Array:
        """The probabilities of one image."""
        return self.run(network_layers(W, b, lname, activation), h)

    def run(self, layers: Layers, h: Array) -> Array:
        """Run one image through layers."""
        return self.predict(layers, np.asarray(h)[np.newaxis])[0]

    @abstractmethod
    def predict(self, layers: Layers, x: Array) -> Array:
        """Run a batch of images through layers."""

    @abstractmethod
    def microseconds(self, layers: Layers, image: Array) -> float:
        """The shortest time in which one image goes through."""


@final
class NumpyReference(Reference):
    """cnnlab's NumPy network."""

    name = "cnnlab's NumPy network"

    def predict(self, layers: Layers, x: Array) -> Array:
        """Follow the plain path."""
        return self._network(layers).forward(x)

    def microseconds(self, layers: Layers, image: Array) -> float:
        """Time the plain path with a batch of one."""
        network, batch = self._network(layers), image[np.newaxis]
        return shortest_time(lambda: network.forward(batch))

    def _network(self, layers: Layers) -> Network:
        steps: dict[str, Layer] = {}
        for number, (kind, W, b, act) in enumerate(layers):
            if kind == "conv":
                steps[f"{number}"] = Conv2D(np.asarray(W, np.float64), np.ravel(b), padding="same")
            elif kind == "pool":
                steps[f"{number}"] = MaxPooling2D()
            elif kind == "flatten":
                steps[f"{number}"] = Flatten()
            elif kind == "dense":
                steps[f"{number}"] = Dense(np.asarray(W, np.float64).T, np.ravel(b))
            if kind not in ("pool", "flatten"):
                steps[f"{number} {act}"] = ACTIVATIONS[act]()
        return Network.sequential(steps, dtype="float64")


@final
class KerasReference(Reference):
    """Keras itself; imported when the first answer is asked for."""

    name = "Keras"

    def predict(self, layers: Layers, x: Array) -> Array:
        """Build a model, give it the weights, and call it."""
        return np.asarray(self._model(layers, x)(x.astype("float64")))

    def microseconds(self, layers: Layers, image: Array) -> float:
        """Time a compiled call with a batch of one."""
        batch = image[np.newaxis].astype("float64")
        model = self._model(layers, batch)
        model.predict_on_batch(batch)
        return shortest_time(lambda: model.predict_on_batch(batch))

    def _model(self, layers: Layers, x: Array) -> Any:
        import keras
        from keras import layers as kl

        tensors = [keras.Input(x.shape[1:], dtype="float64")]
        for kind, W, b, act in layers:
            if kind == "conv":
                layer = kl.Conv2D(W.shape[3], W.shape[:2], padding="same", activation=act, dtype="float64")
            elif kind == "dense":
                layer = kl.Dense(len(W), activation=act, dtype="float64")
            elif kind == "activation":
                layer = kl.Activation(act, dtype="float64")
            else:
                layer = (kl.MaxPooling2D if kind == "pool" else kl.Flatten)(dtype="float64")
            tensors.append(layer(tensors[-1]))
            if kind in ("conv", "dense"):
                layer.set_weights([W if kind == "conv" else np.asarray(W).T, np.ravel(b)])
        return keras.Model(tensors[0], tensors[-1])


RIGHT = NumpyReference()


def correlate(padded: Array, W: Array) -> Array:
    """Slide a kernel over an image that is padded already: ``(height, width, channels out)``, no bias."""
    return Conv2D(W).forward(padded[np.newaxis])[0]


def shortest_time(call: Callable[[], Any], seconds: float = 0.2) -> float:
    """Microseconds of the fastest of many calls."""
    shortest, end = float("inf"), time.perf_counter() + seconds
    while True:
        started = time.perf_counter()
        call()
        now = time.perf_counter()
        shortest = min(shortest, now - started)
        if now > end:
            return shortest * 1e6


def reference(name: str) -> Reference:
    """The reference that a person asked for: ``numpy`` or ``keras``."""
    return KerasReference() if name == "keras" else RIGHT
