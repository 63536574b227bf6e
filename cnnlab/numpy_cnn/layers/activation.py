"""What the activations that treat every number alone have in common; softmax, which does not, is apart."""

from abc import abstractmethod

from cnnlab.numpy_cnn.layers.layer import Array, Layer


class Activation(Layer):
    """A function f applied to each number: ``y = f(x)`` and ``dx = upstream * f'(x)``, in any shape."""

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Map any shape to itself."""
        (self._x,) = inputs
        self._y = self.function(self._x)
        return self._y

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Map any shape to itself."""
        return (upstream * self.derivative(self._x, self._y),)

    @abstractmethod
    def function(self, x: Array) -> Array:
        """f(x)."""

    @abstractmethod
    def derivative(self, x: Array, y: Array) -> Array:
        """f'(x), where y = f(x) may be the shorter way to it."""
