"""Letting a network learn by itself."""

import numpy as np

from cnnlab.numpy_cnn.layers.layer import Array
from cnnlab.numpy_cnn.losses import Loss
from cnnlab.numpy_cnn.network import Network
from cnnlab.numpy_cnn.optimizers import Optimizer


def train(
    network: Network,
    x: Array,
    y: Array,
    *,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int,
    seed: int = 0,
) -> list[float]:
    """Train in place and return the mean loss per image of every epoch, penalties included.

    Each epoch visits all images once in an order of its own, drawn from seed and epoch; the last batch may be
    smaller and counts for less.
    """
    weights = network.weights()
    history = []
    for epoch in range(epochs):
        order = np.random.default_rng([seed, epoch]).permutation(len(x))
        total = 0.0
        for start in range(0, len(x), batch_size):
            batch = order[start : start + batch_size]
            step = network.loss_and_gradients(x[batch], y[batch], loss, training=True)
            optimizer.step(weights, step.gradients)
            total += step.loss * len(batch)
        history.append(total / len(x))
    return history
