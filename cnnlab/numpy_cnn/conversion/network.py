"""From a built Keras model to a `Network`, without importing Keras.

Only the model object that is handed in is asked: for its graph, and each layer for the attributes that Keras
documents as its arguments.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from cnnlab.errors import CnnlabError
from cnnlab.numpy_cnn.conversion.layers import convert_layer, is_keras, keras_weights
from cnnlab.numpy_cnn.network import Network
from cnnlab.numpy_cnn.node import Node


def from_keras(model: Any, *, dtype: DTypeLike | None = None) -> Network:
    """Convert a built Keras model, functional or sequential, branches and nested models included.

    Layer names and weights are kept; the weights are copied. `dtype` is the model's own unless given. Raises
    CnnlabError, naming layer and class, where a layer has no twin in NumPy.
    """
    graph = _graph(model)
    if len(graph.outputs) != 1:
        raise CnnlabError(f"The model '{model.name}' has {len(graph.outputs)} outputs; one is expected.")
    chosen = _dtype(
        model.name, [dtype] if dtype else [layer.compute_dtype for _, layer in named_layers(model)]
    )
    names = [tensor._keras_history.operation.name for tensor in graph.inputs]
    builder = _GraphBuilder(chosen)
    output = builder.add(graph, names, prefix="")[0]
    nodes = _needed(builder.nodes, output)
    return Network(nodes, inputs=names, dtype=chosen)


def from_keras_layer(layer: Any, input_count: int = 1, *, dtype: DTypeLike | None = None) -> Network:
    """Convert one built Keras layer into a network of a single node."""
    chosen = _dtype(layer.name, [dtype or layer.compute_dtype])
    inputs = [f"input_{index}" for index in range(input_count)]
    return Network(
        [Node(layer.name, convert_layer(layer, chosen), tuple(inputs))], inputs=inputs, dtype=chosen
    )


def update_from_keras(network: Network, model: Any) -> None:
    """Copy the weights of `model` into the network that was converted from it, or from one just like it."""
    ours = network.weights()
    theirs = {
        f"{name}/{key}": w for name, layer in named_layers(model) for key, w in keras_weights(layer).items()
    }
    if ours.keys() - theirs.keys():
        missing = ", ".join(sorted(ours.keys() - theirs.keys()))
        raise CnnlabError(f"The Keras model '{model.name}' has no weights named {missing}.")
    for name, weight in ours.items():
        if weight.shape != theirs[name].shape:
            raise CnnlabError(f"'{name}' has shape {weight.shape} here and {theirs[name].shape} in Keras.")
        weight[...] = theirs[name]


def layer_outputs(model: Any) -> dict[str, Any]:
    """The symbolic Keras tensor of every node by its name in the network; nested models are passed over."""
    outputs: dict[str, Any] = {}
    calls: dict[str, int] = {}
    for node in _run_order(_graph(model)):
        name = node.operation.name
        calls[name] = calls.get(name, 0) + 1
        if not hasattr(node.operation, "layers"):
            outputs[name if calls[name] == 1 else f"{name}#{calls[name]}"] = node.outputs[0]
    return outputs


def _dtype(name: str, candidates: Sequence[Any]) -> np.dtype[Any]:
    """The widest of the types in which the layers compute; half precision is refused."""
    names = {str(np.dtype(c)) if not isinstance(c, str) else c for c in candidates}
    if not names <= {"float32", "float64"}:
        raise CnnlabError(f"'{name}' computes in {', '.join(sorted(names))}; expected float32 or float64.")
    return np.dtype(max(names, default="float32"))


class _GraphBuilder:
    """Collects nodes in the order in which Keras runs its graph."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.nodes: list[Node] = []
        self._dtype = dtype
        self._seen: dict[int, Node] = {}

    def add(self, graph: Any, sources: Sequence[str], prefix: str) -> list[str]:
        """Add a model's nodes, fed by the nodes called `sources`; return the names of its outputs."""
        place = {id(tensor): name for tensor, name in zip(graph.inputs, sources, strict=True)}
        for node in _run_order(graph):
            operation = node.operation
            inputs = [place[id(tensor)] for tensor in node.input_tensors]
            if hasattr(operation, "layers"):
                outputs = self.add(_graph(operation), inputs, f"{prefix}{operation.name}/")
            else:
                outputs = [self._add_layer(operation, inputs, prefix)]
            place |= {id(tensor): name for tensor, name in zip(node.outputs, outputs, strict=True)}
        return [place[id(tensor)] for tensor in graph.outputs]

    def _add_layer(self, layer: Any, inputs: list[str], prefix: str) -> str:
        layers = convert_layer(layer, self._dtype)
        first = self._seen.get(id(layer))
        name, shares = f"{prefix}{layer.name}", None
        if first is None:
            self._seen[id(layer)] = Node(name, layers, tuple(inputs))
        else:  # the same layer called again: another node on the same weights
            for ours, theirs in zip(layers, first.layers, strict=True):
                ours.weights = theirs.weights
            shares = first.name
            name = f"{name}#{1 + sum(node.owner == first.name for node in self.nodes)}"
        self.nodes.append(Node(name, layers, tuple(inputs), shares))
        return name


def _graph(model: Any) -> Any:
    """The functional graph behind a model; a Sequential keeps its own inside."""
    if not is_keras(model):
        raise CnnlabError(
            f"A functional or Sequential Keras model was expected, received {type(model).__name__}."
        )
    graph = getattr(model, "_functional", model)
    if graph is None or not hasattr(graph, "_nodes_by_depth"):
        raise CnnlabError(
            f"The Keras model '{model.name}' ({type(model).__name__}) has no graph to convert: "
            "expected is a functional or Sequential model that has been built."
        )
    return graph


def _run_order(graph: Any) -> Iterator[Any]:
    """The nodes of a Keras graph in the order in which Keras runs them."""
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        for node in graph._nodes_by_depth[depth]:
            if not node.is_input:
                yield node


def _needed(nodes: Sequence[Node], output: str) -> list[Node]:
    """The nodes that lead to the output, which comes last."""
    needed, kept = {output}, []
    for node in reversed(nodes):
        if node.name in needed:
            needed.update(node.inputs)
            kept.append(node)
    kept.sort(key=lambda node: node.name == output, reverse=True)
    return kept[::-1]


def named_layers(model: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """All layers of a Keras model by the names of their nodes; those of a nested model stand under its name."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from named_layers(layer, f"{prefix}{layer.name}/")
        elif type(layer).__name__ != "InputLayer":
            yield f"{prefix}{layer.name}", layer
