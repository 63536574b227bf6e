"""The nodes of which a network is made."""

from dataclasses import dataclass
from typing import final

from cnnlab.numpy_cnn.layers.layer import Array, Layer


@final
@dataclass(frozen=True)
class Node:
    """One place of the graph: what stands there, and where its inputs come from.

    Most nodes hold one layer. A Keras layer with an activation becomes two layers in a row under its one
    name, so that the node's output is what Keras calls the layer's output.
    """

    name: str
    layers: tuple[Layer, ...]
    inputs: tuple[str, ...]
    shares: str | None = None
    """The node whose weights this one uses too, where a layer is called more than once."""

    @property
    def owner(self) -> str:
        """The name under which the weights of this node are kept."""
        return self.shares or self.name

    def weights(self) -> dict[str, Array]:
        """All weights by ``node/weight``, in Keras' order."""
        return {f"{self.owner}/{key}": w for layer in self.layers for key, w in layer.weights.items()}
