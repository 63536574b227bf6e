"""Rules that turn gradients into steps, with Keras' formulas and defaults."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import final

import numpy as np

from cnnlab.numpy_cnn.layers.layer import Array


class Optimizer(ABC):
    """Change weights, in place, against their gradients; what it remembers is kept by the weight's name."""

    def __init__(self, learning_rate: float) -> None:
        """Take the length of a step; it may be changed between steps."""
        self.learning_rate = learning_rate
        self.steps = 0

    def step(self, weights: Mapping[str, Array], gradients: Mapping[str, Array]) -> None:
        """Move every weight that has a gradient."""
        self.steps += 1
        for name, gradient in gradients.items():
            self._move(name, weights[name], gradient)

    @abstractmethod
    def _move(self, name: str, weight: Array, gradient: Array) -> None: ...


@final
class SGD(Optimizer):
    """Gradient descent, with momentum if wanted.

    Without momentum ``w -= learning_rate * g``. With momentum m, a velocity v that starts at zero::

        v = m * v - learning_rate * g        w += v

    and with `nesterov` the last step is ``w += m * v - learning_rate * g``. Source: I. Sutskever and others,
    "On the importance of initialization and momentum in deep learning", 2013.
    """

    def __init__(self, learning_rate: float = 0.01, *, momentum: float = 0.0, nesterov: bool = False) -> None:
        """Take Keras' parameters."""
        super().__init__(learning_rate)
        self.momentum = momentum
        self.nesterov = nesterov
        self._velocity: dict[str, Array] = {}

    def _move(self, name: str, weight: Array, gradient: Array) -> None:
        push = -self.learning_rate * gradient
        if self.momentum:
            previous = self._velocity.get(name, 0.0)
            velocity = self._velocity[name] = self.momentum * previous + push
            push = self.momentum * velocity + push if self.nesterov else velocity
        weight += push


@final
class Adam(Optimizer):
    """Steps scaled by running means of the gradient and of its square.

    At step t, with m and v starting at zero::

        m += (1 - beta_1) * (g - m)        v += (1 - beta_2) * (g**2 - v)
        w -= learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t) * m / (sqrt(v) + epsilon)

    Source: D. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015, in the form at the end of
    its section 2, where epsilon ("epsilon hat") is added to the uncorrected root. Keras takes the same form.
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        *,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
    ) -> None:
        """Take Keras' parameters."""
        super().__init__(learning_rate)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self._moments: dict[str, tuple[Array, Array]] = {}

    def _move(self, name: str, weight: Array, gradient: Array) -> None:
        if name not in self._moments:
            self._moments[name] = np.zeros_like(weight), np.zeros_like(weight)
        m, v = self._moments[name]
        m += (1.0 - self.beta_1) * (gradient - m)
        v += (1.0 - self.beta_2) * (np.square(gradient) - v)
        rate = self.learning_rate * (1.0 - self.beta_2**self.steps) ** 0.5 / (1.0 - self.beta_1**self.steps)
        weight -= rate * m / (np.sqrt(v) + self.epsilon)
