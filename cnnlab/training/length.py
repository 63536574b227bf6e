"""How long a training is, where the config gives its length in steps."""

import math

from cnnlab.config.schema import Config
from cnnlab.datasets import Dataset
from cnnlab.datasets.splits import share_of
from cnnlab.training.inputs import drawn_labels


def with_epochs(config: Config, data: Dataset) -> Config:
    """The same config with its length in epochs: as many as hold the steps asked for, rounded up."""
    steps = config.training.steps
    if steps is None:
        return config
    in_an_epoch = config.training.steps_per_epoch
    if in_an_epoch is None:
        in_an_epoch = math.ceil(training_images(config, data) / config.training.batch_size)
    return config.with_training(steps=None, epochs=math.ceil(steps / in_an_epoch))


def training_images(config: Config, data: Dataset) -> int:
    """How many images each repeat trains on, the first where groups make a difference; see `draw_split`."""
    if data.train.groups is not None:
        _, first = next(drawn_labels(config, data))
        return len(first.train)
    count = len(data.train)
    if data.validation is None:
        count -= share_of(count, config.data.validation_fraction)
    limits = [n for n in (config.data.train_size, config.data.limit_per_split) if n is not None]
    return min([count, *limits])
