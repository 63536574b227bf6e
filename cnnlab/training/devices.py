"""One repeat on several devices: each takes its share of every batch, and together they take the steps of one."""

import contextlib
from collections.abc import Iterator
from typing import Any

from cnnlab.backends import active
from cnnlab.config.training_section import Training
from cnnlab.datasets import Splits
from cnnlab.errors import ConfigError
from cnnlab.training.averaging import BATCH_SIZE


def require_even_shares(training: Training, splits: Splits) -> None:
    """Raise ConfigError where the last batch of an epoch, or of a validation, cannot be shared out.

    A device's share counts by its mean, so that training batches must be shared evenly.
    """
    devices, train = training.devices, splits.train
    last = len(train) % training.batch_size if training.steps_per_epoch is None else 0
    if last % devices:
        raise ConfigError(
            f"training.devices: {devices} devices cannot share the last batch of an epoch evenly, which is of {last} "
            f"of the {len(train)} training images: choose another training.batch_size or data.train_size, or give "
            "training.steps_per_epoch."
        )
    images = 0 if splits.validation is None else len(splits.validation)
    left = images % BATCH_SIZE
    if 0 < left < devices:
        raise ConfigError(
            f"training.devices: {devices} devices cannot share the last {left} of {images} validation images: "
            "choose another data.validation_fraction or data.limit_per_split."
        )


@contextlib.contextmanager
def synchronized_normalization(part: Any, devices: int) -> Iterator[None]:
    """While the body runs, batch normalization takes its moments over the shares of all devices.

    On JAX it does so of itself, since there a program sees the whole batch.
    """
    import keras

    layers = [
        layer
        for layer in part._flatten_layers()
        if devices > 1
        and active().name == "tensorflow"
        and isinstance(layer, keras.layers.BatchNormalization)
    ]
    for layer in layers:
        layer.synchronized = True
    try:
        yield
    finally:
        for layer in layers:
            layer.synchronized = False
