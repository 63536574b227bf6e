"""What a config's network consists of, for people."""

from typing import Any

import numpy as np

from cnnlab.config.schema import Config
from cnnlab.datasets import DatasetInfo
from cnnlab.datasets.channel_statistics import ChannelStatistics
from cnnlab.training.framework import import_keras, without_chatter
from cnnlab.training.model import build_model


def unknown_statistics(config: Config, info: DatasetInfo) -> ChannelStatistics | None:
    """What stands in for the training images' statistics, where the config asks for them, before these are read."""
    return ChannelStatistics.neutral(info.image_shape[-1]) if config.data.standardize else None


def describe_network(config: Config, info: DatasetInfo) -> dict[str, Any]:
    """Build the network and tell its layers in order: name, kind, output shape without batch, weights."""
    with without_chatter():
        import_keras().utils.set_random_seed(0)
        statistics = unknown_statistics(config, info)
        model = build_model(config.model, info, config.data.scale, statistics, config.preprocess)
    layers = [
        {
            "name": layer.name,
            "kind": type(layer).__name__,
            "output_shape": list(layer.output.shape[1:]),
            "weights": layer.count_params(),
        }
        for layer in model.layers
    ]
    trainable = int(sum(np.prod(weight.shape) for weight in model.trainable_weights))
    return {"name": config.name, "layers": layers, "weights": model.count_params(), "trainable": trainable}
