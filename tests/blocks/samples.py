"""Every block with the shapes that it takes and gives."""

from typing import Any

from cnnlab.blocks import block
from cnnlab.datasets.base import DatasetInfo
from cnnlab.items import Item
from cnnlab.training.model import build_model

INFO = DatasetInfo((9, 8, 3), tuple("abcde"))


# (block, parameters, shape in, shape out): the shapes of the blocks' docstrings, in numbers
CASES: list[tuple[str, dict[str, Any], tuple[int, ...], tuple[int, ...]]] = [
    ("conv", {"filters": 4}, (9, 8, 3), (9, 8, 4)),
    ("conv", {"filters": 4, "strides": 2, "activation": "leaky_relu", "l2": 0.1}, (9, 8, 3), (5, 4, 4)),
    ("conv", {"filters": 4, "padding": "valid", "use_bias": False}, (9, 8, 3), (7, 6, 4)),
    ("conv", {"filters": 4, "padding": "valid", "dilation_rate": 2}, (9, 8, 3), (5, 4, 4)),
    ("conv", {"filters": 4, "kernel_size": 1}, (1, 1, 3), (1, 1, 4)),
    ("conv_block", {"filters": 4}, (9, 8, 3), (4, 4, 4)),
    ("conv_block", {"filters": 4, "convs": 3, "pool_size": None}, (9, 8, 3), (9, 8, 4)),
    ("conv_block", {"filters": 4, "batch_norm": True, "dropout": 0.5, "pool_size": 3}, (9, 8, 3), (3, 2, 4)),
    ("conv_block", {"filters": 4, "convs": 1, "padding": "valid", "l1": 0.1}, (9, 8, 3), (3, 3, 4)),
    ("residual_block", {"filters": 4}, (9, 8, 3), (9, 8, 4)),
    ("residual_block", {"filters": 3}, (9, 8, 3), (9, 8, 3)),
    ("residual_block", {"filters": 3, "shortcut": "convolution", "pool_size": 2}, (9, 8, 3), (4, 4, 3)),
    ("residual_block", {"filters": 3, "strides": 2, "shortcut_batch_norm": True}, (9, 8, 3), (5, 4, 3)),
    ("residual_block", {"filters": 3, "strides": 2, "pad_both_sides": True, "kernel_size": 5}, (9, 8, 3), (5, 4, 3)),
    ("residual_block", {"filters": 4, "merge": "concatenate", "dropout": 0.1}, (9, 8, 3), (9, 8, 7)),
    ("residual_block", {"filters": 4, "merge": "concatenate", "strides": 2}, (9, 8, 3), (5, 4, 8)),
    ("max_pool", {}, (9, 8, 3), (4, 4, 3)),
    ("max_pool", {"pool_size": 3, "strides": 1}, (9, 8, 3), (7, 6, 3)),
    ("average_pool", {}, (9, 8, 3), (4, 4, 3)),
    ("average_pool", {"pool_size": 3, "padding": "same"}, (9, 8, 3), (3, 3, 3)),
    ("global_average_pool", {}, (9, 8, 3), (3,)),
    ("batch_norm", {}, (9, 8, 3), (9, 8, 3)),
    ("batch_norm", {"momentum": 0.9, "epsilon": 1e-5}, (6,), (6,)),
    ("dropout", {"rate": 0.5}, (9, 8, 3), (9, 8, 3)),
    ("activation", {"function": "elu"}, (9, 8, 3), (9, 8, 3)),
    ("activation", {"function": "linear"}, (6,), (6,)),
    ("flatten", {}, (9, 8, 3), (216,)),
    ("dense_block", {"units": 4}, (6,), (4,)),
    ("dense_block", {"units": 4, "batch_norm": True, "dropout": 0.5, "l2": 0.1, "activation": "tanh"}, (6,), (4,)),
    ("classifier", {}, (6,), (5,)),
    ("classifier", {"use_bias": False}, (6,), (5,)),
]  # fmt: skip


def item(name: str, **parameters: Any) -> Item:
    return Item(name, block.get(name).parameters(**parameters))


def network(blocks: list[Item], info: DatasetInfo = INFO) -> Any:
    return build_model(tuple(blocks), info, (-1.0, 1.0))


def applied(case: Any) -> Any:
    """A keras.Model of one block alone."""
    import keras

    name, parameters, shape, _ = case
    inputs = keras.Input(shape)
    entry = block.get(name)
    outputs = entry(inputs, parameters=entry.parameters(**parameters), name=f"{name}_1", num_classes=5)
    return keras.Model(inputs, outputs)
