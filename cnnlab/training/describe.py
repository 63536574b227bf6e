"""What a config's network consists of, for people."""

from typing import Any

import numpy as np

from cnnlab.config.schema import Config
from cnnlab.datasets import DatasetInfo
from cnnlab.training.framework import import_keras, without_chatter
from cnnlab.training.model import build_network


def describe_network(config: Config, info: DatasetInfo) -> dict[str, Any]:
    """Build the network and list its layers in order: name, kind, output shape without batch, weights."""
    with without_chatter():
        import_keras()
        model = build_network(config, info, seed=0)
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
