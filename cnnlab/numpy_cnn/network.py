"""A network: layers joined into a graph without circles."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import DTypeLike

from cnnlab.numpy_cnn.fast import InferencePlan, predict
from cnnlab.numpy_cnn.layers.layer import Array, Layer
from cnnlab.numpy_cnn.layers.penalties import Penalty
from cnnlab.numpy_cnn.layers.sigmoid import Sigmoid
from cnnlab.numpy_cnn.layers.softmax import Softmax
from cnnlab.numpy_cnn.losses import Loss
from cnnlab.numpy_cnn.node import Node


@final
@dataclass(frozen=True)
class LossGradients:
    """What one pass forwards and backwards gives."""

    loss: float
    gradients: dict[str, Array]
    inputs: tuple[Array, ...]


@final
class Network:
    """A graph of nodes with one output; every array at its border is batch first, channels last.

    Everything is computed in `dtype`, float32 or float64. `forward` and `backward` run the layers as they
    are written; `predict` computes the same the fast way.
    """

    def __init__(
        self, nodes: Sequence[Node], *, inputs: Sequence[str] = ("input",), dtype: DTypeLike = "float32"
    ) -> None:
        """Take nodes in an order in which each comes after its inputs; the last one is the output."""
        self.nodes = tuple(nodes)
        self.inputs = tuple(inputs)
        self.dtype = np.dtype(dtype)
        seen = set(self.inputs)
        for node in self.nodes:
            if not seen.issuperset(node.inputs) or node.name in seen:
                raise ValueError(
                    f"node '{node.name}' is not new, or comes before one of its inputs {node.inputs}"
                )
            seen.add(node.name)

    @classmethod
    def sequential(cls, layers: Mapping[str, Layer], *, dtype: DTypeLike = "float32") -> "Network":
        """Join named layers one after another."""
        sources = ["input", *layers]
        nodes = [
            Node(name, (layer,), (source,))
            for source, (name, layer) in zip(sources, layers.items(), strict=False)
        ]
        return cls(nodes, dtype=dtype)

    def forward(self, *inputs: Array, training: bool = False) -> Array:
        """Return the output for one batch; `backward` may follow."""
        return self._run(inputs, training)[self.nodes[-1].name]

    def activations(self, *inputs: Array, training: bool = False) -> dict[str, Array]:
        """Return the output of every node by its name, in order."""
        values = self._run(inputs, training)
        return {node.name: values[node.name] for node in self.nodes}

    def _run(self, inputs: Sequence[Array], training: bool) -> dict[str, Array]:
        values = dict(zip(self.inputs, (np.asarray(x, self.dtype) for x in inputs), strict=True))
        for node in self.nodes:
            arrays = tuple(values[name] for name in node.inputs)
            for layer in node.layers:
                self._before_last = arrays[0]
                arrays = (layer.forward(*arrays, training=training),)
            values[node.name] = arrays[0]
        return values

    def backward(self, upstream: Array) -> tuple[Array, ...]:
        """Send a gradient of the output back; return those of the inputs, leave the weights' in place."""
        return self._of_inputs(self._back(np.asarray(upstream, self.dtype), skip=0))

    def _of_inputs(self, arrived: Mapping[str, Array]) -> tuple[Array, ...]:
        return tuple(arrived[name] for name in self.inputs)

    def _back(self, upstream: Array, skip: int, keep: Collection[str] = ()) -> dict[str, Array]:
        """Do the work of `backward`, stepping over the last `skip` layers of the output node.

        Returns what arrived at the inputs, and at the nodes called `keep`.
        """
        waiting: dict[str, Array] = {self.nodes[-1].name: upstream}
        for node in reversed(self.nodes):
            if node.name not in waiting:
                continue  # a branch that the output does not use
            arrays: tuple[Array, ...] = (waiting[node.name] if node.name in keep else waiting.pop(node.name),)
            layers = node.layers[: len(node.layers) - skip]
            skip = 0
            for layer in reversed(layers):
                arrays = layer.backward(arrays[0])
            for source, gradient in zip(node.inputs, arrays, strict=True):
                waiting[source] = waiting[source] + gradient if source in waiting else gradient
        return waiting

    def score_gradients(
        self, *inputs: Array, classes: Array, nodes: Collection[str]
    ) -> dict[str, tuple[Array, Array]]:
        """Return each node's output, and the gradient of a score with respect to it, in the output's shape.

        The score is the output of class `classes[n]` for image n, integers of shape (batch,), before a last softmax
        or sigmoid, as in inference.
        """
        values = self._run(inputs, training=False)
        output, last = values[self.nodes[-1].name], self.nodes[-1].layers[-1]
        upstream = np.zeros_like(output)
        upstream[np.arange(len(output)), classes] = 1
        arrived = self._back(upstream, skip=int(isinstance(last, Softmax | Sigmoid)), keep=nodes)
        return {name: (values[name], arrived[name]) for name in nodes}

    def gradients(self) -> dict[str, Array]:
        """The gradient of every trainable weight by ``node/weight``, as the last `backward` left it."""
        total: dict[str, Array] = {}
        for node in self.nodes:
            for layer in node.layers:
                for name in layer.trainable_weights():
                    key, gradient = f"{node.owner}/{name}", layer.gradients[name]
                    total[key] = total[key] + gradient if key in total else gradient
        return total

    def weights(self) -> dict[str, Array]:
        """Every weight by ``node/weight``; writing into these arrays changes the network."""
        return {key: weight for node in self.nodes for key, weight in node.weights().items()}

    def count_weights(self) -> dict[str, int]:
        """The number of weights of every node, 0 for those without; a shared layer counts once."""
        return {
            n.name: 0 if n.shares else sum(layer.count_weights() for layer in n.layers) for n in self.nodes
        }

    def _penalties(self) -> Iterator[tuple[str, Array, Penalty]]:
        for node in self.nodes:
            for layer in node.layers if node.shares is None else ():
                for name, weight in layer.trainable_weights().items():
                    if name in layer.penalties:
                        yield f"{node.owner}/{name}", weight, layer.penalties[name]

    def penalty(self) -> float:
        """The sum of all L1 and L2 penalties, which Keras adds to the loss."""
        return sum(penalty.value(weight) for _, weight, penalty in self._penalties())

    def loss_and_gradients(
        self, x: Array | Sequence[Array], y: Array, loss: Loss, *, training: bool = False
    ) -> LossGradients:
        """Return the loss of a batch, penalties included, and its gradients.

        Where the last layer is the loss's own activation, both start from that layer's input (see `Loss`).
        """
        output = self.forward(*_as_inputs(x), training=training)
        logits = not loss.from_logits and isinstance(self.nodes[-1].layers[-1], loss.activation)
        scores, from_logits = (self._before_last, True) if logits else (output, loss.from_logits)
        value = loss.value(y, scores, from_logits=from_logits) + self.penalty()
        arrived = self._back(loss.gradient(y, scores, from_logits=from_logits), skip=int(logits))
        gradients = self.gradients()
        for name, weight, penalty in self._penalties():
            gradients[name] = gradients[name] + penalty.gradient(weight)
        return LossGradients(value, gradients, self._of_inputs(arrived))

    def predict(self, *inputs: Array, chunk_size: int | None = None, workers: int | None = None) -> Array:
        """Return the output for any number of images, the fast way, in chunks, with bounded memory.

        `chunk_size` images are treated at a time by each of `workers` threads; both have sensible values
        of their own. The number of threads changes no number.
        """
        plan = InferencePlan(self.nodes, self.inputs, self.dtype)
        return predict(plan, inputs, chunk_size=chunk_size, workers=workers)


def _as_inputs(x: Array | Sequence[Array]) -> Sequence[Array]:
    return (x,) if isinstance(x, np.ndarray) else x
