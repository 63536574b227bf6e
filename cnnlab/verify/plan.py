"""What a verification needs before it can begin: its data, Keras, its network."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.backends import choose
from cnnlab.config.schema import Config
from cnnlab.datasets import Dataset, DatasetInfo, data_places, dataset_info, load_dataset
from cnnlab.datasets.channel_statistics import ChannelStatistics
from cnnlab.errors import DataError
from cnnlab.training.framework import configure_training, import_keras, without_chatter
from cnnlab.training.inputs import drawn_splits, training_inputs
from cnnlab.training.model import build_network
from cnnlab.training.seeds import repeat_seed
from cnnlab.verify.models import Prepare, behind_preprocessing, check_fits, in_dtype, load_model
from cnnlab.verify.request import Request

NETWORK_IMAGES = 8


@dataclass(frozen=True)
class VerifyPlan:
    """A request whose data and network are there."""

    request: Request
    config: Config
    data: Dataset | None
    info: DatasetInfo
    model: Any  # untrained, or that of --weights; behind its steps of preprocessing
    prepare: Prepare  # these steps
    device: str


def plan_verify(request: Request) -> VerifyPlan:
    """Read the data, set up Keras and build the network.

    Raises DataError when the data are missing (unless nothing is trained or evaluated), ConfigError when the
    network cannot be built or does not fit the data, CnnlabError when it has a layer without a NumPy twin.
    """
    config = request.config.unpacked()
    data, info = _load(request, config)
    with without_chatter():
        choose(config.training.backend)
        device = configure_training(config.training, full_precision=True, devices=1)  # also on a GPU
        if request.weights is None:
            import_keras()
            seed = repeat_seed(config.seed, 0)
            model = build_network(config, info, seed, _statistics(config, data, seed))
        else:
            model = load_model(request.weights.model_path)
            check_fits(model, info.image_shape, info.num_classes, request.weights.model_path)
        model, prepare = behind_preprocessing(model)
        in_dtype(model, request.dtype)
    return VerifyPlan(request, config, data, info, model, prepare, device)


def sample_images(data: Dataset | None, info: DatasetInfo, seed: int) -> np.ndarray:
    """A few training images, or random pixels where there are no data: uint8 (n, height, width, channels)."""
    rng = np.random.default_rng([seed, 1])
    if data is None:
        return rng.integers(0, 256, (NETWORK_IMAGES, *info.image_shape), dtype=np.uint8)
    count = min(NETWORK_IMAGES, len(data.train))
    return np.asarray(data.train.take(np.sort(rng.choice(len(data.train), count, replace=False))).images)


def _load(request: Request, config: Config) -> tuple[Dataset | None, DatasetInfo]:
    """The data; None where they are missing and only a few images of them would be looked at."""
    item = config.data.dataset
    places = data_places(request.data_dir, download=not request.skip_training)
    try:
        data = load_dataset(item.name, item.parameters, places)
    except DataError:
        if not request.skip_training:
            raise
        return None, dataset_info(item.name, item.parameters, places)
    return data, data.info


def _statistics(config: Config, data: Dataset | None, seed: int) -> ChannelStatistics | None:
    """Those of the first repeat's training images, where the config standardizes; without data, none are known."""
    if data is None or not config.data.standardize:
        return None
    return training_inputs(config, drawn_splits(config, data, seed), data.info).statistics
