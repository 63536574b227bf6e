"""Running a network's layers on batch-last arrays, with one shortcut that the plain path does not take."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, final

import numpy as np

from cnnlab.numpy_cnn.activations import ReLU, rectified
from cnnlab.numpy_cnn.convolution import Conv2D
from cnnlab.numpy_cnn.layer import Array, Layer, along_channels
from cnnlab.numpy_cnn.max_pooling import MaxPooling2D
from cnnlab.numpy_cnn.patches import gather_patches, row_strips
from cnnlab.numpy_cnn.scratch import SCRATCH
from cnnlab.numpy_cnn.windows import Pair, Window

if TYPE_CHECKING:
    from cnnlab.numpy_cnn.network import Node


@final
@dataclass(frozen=True)
class Step:
    """Functions to apply one after another, the node whose output they give, and the nodes before."""

    name: str
    functions: tuple[Callable[..., Array], ...]
    inputs: tuple[str, ...]


def plan(nodes: Sequence["Node"]) -> list[Step]:
    """One step for each chain of nodes that feed nothing but the next one."""
    users = [source for node in nodes for source in node.inputs]
    chains: list[tuple[str, list[Layer], tuple[str, ...]]] = []
    for node in nodes:
        if chains and node.inputs == (chains[-1][0],) and users.count(chains[-1][0]) == 1:
            _, layers, inputs = chains.pop()
            chains.append((node.name, [*layers, *node.layers], inputs))
        else:
            chains.append((node.name, list(node.layers), node.inputs))
    return [Step(name, tuple(_functions(layers)), inputs) for name, layers, inputs in chains]


def _functions(layers: list[Layer]) -> Iterator[Callable[..., Array]]:
    """Each layer's `infer`; but a convolution and the maximum pooling behind it are taken together."""
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
            yield layers[at].infer
            at += 1


def _are_tiles(window: Window) -> bool:
    """Whether the windows of a pooling neither overlap nor leave gaps nor need padding."""
    return window.size == window.strides and window.padding == "valid"


def convolve_and_pool(layer: Conv2D, pool_size: Pair, x: Array, *, rectify: bool = False) -> Array:
    """Map ``(in, height, width, batch)`` to ``(filters, rows, columns, batch)``, convolved and max-pooled.

    Taken alone, a convolution writes an output of which pooling, a little later, throws three quarters away.
    Here a strip of rows is pooled as soon as it is there. The patches are sorted by the column of the tile
    (`groups`), so that pooling is the maximum of a few long stretches of memory: first over the rows of a
    tile, then over its columns.

    Bias and ReLU (if `rectify`) are applied after pooling, to a quarter of the values. The result is the same
    to the last bit: both never turn a smaller number into a larger one, so the maximum may be taken before or
    after.
    """
    matrix, window, (down, right) = layer.matrix(), layer.window, pool_size
    rows, columns = (n // p for n, p in zip(window.output_size(x), pool_size, strict=True))
    y = SCRATCH.empty((len(matrix), rows, columns, x.shape[-1]), x.dtype)
    by_row = y.reshape(len(matrix), rows, -1).swapaxes(0, 1)  # (rows, filters, columns*batch)
    padded = window.pad(x, empty=SCRATCH.empty)
    for strip in row_strips(window, x, rows, columns * down * right):
        windows = range(strip.start * down, strip.stop * down)
        patches = gather_patches(window, padded, windows, columns * right, groups=right)
        wide = SCRATCH.empty((len(strip), down, len(matrix), patches.shape[-1]), x.dtype)
        np.matmul(matrix, patches, out=wide.reshape(len(windows), len(matrix), -1))
        tall = _maximum(wide.swapaxes(0, 1), out=wide[:, 0])  # (strip, filters, right*columns*batch)
        places = tall.reshape(len(strip), len(matrix), right, -1)
        _maximum(np.moveaxis(places, 2, 0), out=by_row[strip.start : strip.stop])
    if "bias" in layer.weights:
        y += along_channels(layer.weights["bias"], y)
    return rectified(y, out=y) if rectify else y


def _maximum(arrays: Array, out: Array) -> Array:
    """The largest of arrays of one shape, number by number; `out` may be the first of them."""
    if len(arrays) == 1:
        if out is not arrays[0]:
            out[...] = arrays[0]
        return out
    np.maximum(arrays[0], arrays[1], out=out)
    for array in arrays[2:]:
        np.maximum(out, array, out=out)
    return out


def run(steps: Sequence[Step], inputs: dict[str, Array]) -> Iterator[Array]:
    """Take the steps and yield every array on the way, the network's output last.

    An array is let go as soon as no later step needs it.
    """
    last_use = {source: step.name for step in steps for source in step.inputs}
    values = dict(inputs)
    for step in steps:
        arrays = tuple(values[name] for name in step.inputs)
        for name in set(step.inputs):
            if last_use[name] == step.name:
                del values[name]
        for function in step.functions:
            arrays = (function(*arrays),)
            yield arrays[0]
        values[step.name] = arrays[0]
