"""The layers of a network as functions to call one after another."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import final

import numpy as np
from numpy.typing import DTypeLike

from cnnlab.numpy_cnn.fast.convolution import convolve_and_pool
from cnnlab.numpy_cnn.fast.inference import infer
from cnnlab.numpy_cnn.fast.scratch import SCRATCH
from cnnlab.numpy_cnn.layers.convolution import Conv2D
from cnnlab.numpy_cnn.layers.layer import Array, Layer
from cnnlab.numpy_cnn.layers.max_pooling import MaxPooling2D
from cnnlab.numpy_cnn.layers.relu import ReLU
from cnnlab.numpy_cnn.layers.windows import Window
from cnnlab.numpy_cnn.node import Node


@final
@dataclass(frozen=True)
class Step:
    """Functions to apply one after another, the node whose output they give, and the nodes before."""

    name: str
    functions: tuple[Callable[..., Array], ...]
    inputs: tuple[str, ...]


@final
class InferencePlan:
    """A network's steps: one for each chain of nodes that feed nothing but the next one."""

    def __init__(self, nodes: Sequence[Node], inputs: Sequence[str], dtype: DTypeLike) -> None:
        self.inputs = tuple(inputs)
        self.dtype = np.dtype(dtype)
        self.steps = tuple(_steps(nodes))

    def run(self, inputs: Sequence[Array]) -> Iterator[Array]:
        """Yield every array on the way, batch last, the network's output last; `inputs` are batch first.

        An array is let go as soon as no later step needs it.
        """
        last_use = {source: step.name for step in self.steps for source in step.inputs}
        values = {name: self._batch_last(x) for name, x in zip(self.inputs, inputs, strict=True)}
        for step in self.steps:
            arrays = tuple(values[name] for name in step.inputs)
            for name in set(step.inputs):
                if last_use[name] == step.name:
                    del values[name]
            for function in step.functions:
                arrays = (function(*arrays),)
                yield arrays[0]
            values[step.name] = arrays[0]

    def _batch_last(self, x: Array) -> Array:
        """Turn ``(batch, ..., channels)`` of any type to ``(channels, ..., batch)`` in the network's type."""
        swapped = x.swapaxes(0, -1)
        y = SCRATCH.empty(swapped.shape, self.dtype)
        y[...] = swapped
        return y


def _steps(nodes: Sequence[Node]) -> Iterator[Step]:
    users = [source for node in nodes for source in node.inputs]
    chains: list[list[Node]] = []
    for node in nodes:
        before = chains[-1][-1].name if chains else ""
        if node.inputs == (before,) and users.count(before) == 1:
            chains[-1].append(node)
        else:
            chains.append([node])
    for chain in chains:
        layers = [layer for node in chain for layer in node.layers]
        yield Step(chain[-1].name, tuple(_functions(layers)), chain[0].inputs)


def _functions(layers: list[Layer]) -> Iterator[Callable[..., Array]]:
    """`infer` of each layer; but a convolution and the maximum pooling behind it are taken together."""
    at = 0
    while at < len(layers):
        end = at + 1
        while end < len(layers) and isinstance(layers[end], ReLU):
            end += 1
        convolution, pooling = layers[at], layers[end] if end < len(layers) else None
        if (
            isinstance(convolution, Conv2D)
            and isinstance(pooling, MaxPooling2D)
            and _are_tiles(pooling.window)
        ):
            yield partial(convolve_and_pool, convolution, pooling.window.size, rectify=end > at + 1)
            at = end + 1
        else:
            yield partial(infer, layers[at])
            at += 1


def _are_tiles(window: Window) -> bool:
    """Whether the windows of a pooling neither overlap nor leave gaps nor need padding."""
    return window.size == window.strides and window.padding == "valid"
