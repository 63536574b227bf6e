"""A whole verification: its run folder, its three parts, its verdict."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.config.identity import experiment_hash, file_hash, run_hash
from cnnlab.config.load import config_to_yaml
from cnnlab.datasets import Dataset, DatasetInfo, data_places, dataset_info, load_dataset
from cnnlab.errors import DataError, Interrupted, RepeatsFailed
from cnnlab.model import build_model
from cnnlab.numpy_cnn import from_keras
from cnnlab.runs.atomic import write_json, write_text
from cnnlab.runs.environment import write_environment
from cnnlab.runs.folder import RunFolder
from cnnlab.training.framework import configure, import_keras, without_chatter
from cnnlab.training.layout import resolve_threads
from cnnlab.training.repeat import drawn_splits, train_one
from cnnlab.training.seeds import repeat_seed
from cnnlab.training.worker import Event
from cnnlab.verify.arrays import save_arrays
from cnnlab.verify.data import check_data
from cnnlab.verify.layers import check_layers
from cnnlab.verify.models import Weights, check_fits, in_dtype, load_model
from cnnlab.verify.network import check_network

NETWORK_IMAGES = 8


@dataclass(frozen=True)
class Request:
    """What is to be verified, how strictly, and where the run folder goes."""

    config: Any
    runs_dir: Path
    kinds: Sequence[str]
    data_dir: Path | None = None
    dtype: str = "float64"
    forward_only: bool = False
    skip_training: bool = False
    weights: Weights | None = None
    every: int = 1  # take every so many cases of each layer kind
    bundled_for: str | None = None
    argv: Sequence[str] = ("cnnlab", "verify")


@dataclass(frozen=True)
class Plan:
    """A request whose data and network are there."""

    request: Request
    config: Any  # with threads resolved
    data: Dataset | None
    info: DatasetInfo
    model: Any  # untrained, or that of --weights
    device: str

    @property
    def trains(self) -> bool:
        """Whether the third part begins with a training."""
        return self.request.weights is None and not self.request.skip_training


@dataclass(frozen=True)
class Outcome:
    """What came of it: `result` is the content of verify.json."""

    folder: RunFolder
    result: dict[str, Any]


def plan_verify(request: Request) -> Plan:
    """Read the data, set up Keras and build the network.

    Raises DataError when the data are missing (unless nothing is trained or evaluated), ConfigError when the
    network cannot be built or does not fit the data, CnnlabError when it has a layer without a NumPy twin.
    """
    config = request.config
    threads = resolve_threads(config.training.threads, config.repeats)
    config = config.model_copy(update={"training": config.training.model_copy(update={"threads": threads})})
    data, info = _load(request)
    with without_chatter():
        device = _set_up(config)
        if request.weights is None:
            import_keras().utils.set_random_seed(repeat_seed(config.seed, 0))
            model = build_model(config.model, info, config.data.scale)
        else:
            model = load_model(request.weights.model_path)
            check_fits(model, info.image_shape, info.num_classes, request.weights.model_path)
        in_dtype(model, request.dtype)
    return Plan(request, config, data, info, model, device)


def verify(
    plan: Plan,
    show: Callable[[str, dict[str, Any]], None] = lambda part, result: None,
    listen: Callable[[Event], None] = lambda event: None,
) -> Outcome:
    """Run the three parts and write the run folder.

    `show` gets each part's name and result as it ends, `listen` the epochs of the training.
    """
    folder = _make_folder(plan)
    folder.status.start("verify", [0] if plan.trains else [])
    try:
        result = _run_parts(plan, folder, show, listen)
    except KeyboardInterrupt:
        folder.status.finish("interrupted")
        raise Interrupted(f"interrupted: what was written is kept in {folder.path}.") from None
    except BaseException:
        folder.status.finish("failed")
        raise
    folder.status.finish("done")
    return Outcome(folder, result)


def _run_parts(plan: Plan, folder: RunFolder, show: Any, listen: Any) -> dict[str, Any]:
    request, seed = plan.request, plan.config.seed
    options: dict[str, Any] = {"dtype": request.dtype, "forward_only": request.forward_only}
    result: dict[str, Any] = {"passed": False, "seed": seed, **options}
    with without_chatter():
        result["layers"] = check_layers(request.kinds, seed=seed, every=request.every, **options)
        show("layers", result["layers"])
        images = sample_images(plan.data, plan.info, seed)
        result["network"], sides = check_network(plan.model, images, seed=seed, **options)
        show("network", result["network"])
        trained, result["data"] = _data_part(plan, folder, listen)
        if result["data"] is not None:
            show("data", result["data"])
    parts = [result[name] for name in ("layers", "network", "data") if result[name] is not None]
    result["passed"] = all(part["passed"] for part in parts)
    save_arrays(folder, images, sides, None if trained is None else from_keras(trained, dtype="float32"))
    write_json(folder.verify_path, result)
    return result


def _data_part(plan: Plan, folder: RunFolder, listen: Any) -> tuple[Any, dict[str, Any] | None]:
    """Train unless there are weights, and evaluate; returns the trained model and the part's result."""
    request = plan.request
    if plan.data is None or request.skip_training:
        return None, None
    model, repeat, source = plan.model, 0, "trained here"
    if request.weights is None:
        model = _train(plan, folder, listen)
    else:
        repeat, source = request.weights.repeat or 0, str(request.weights.model_path)
    splits = drawn_splits(plan.config, plan.data, repeat_seed(plan.config.seed, repeat))
    about = {"dataset": plan.data.name, "title": plan.data.title, "weights_from": source}
    return model, about | check_data(plan.config, model, splits)


def _train(plan: Plan, folder: RunFolder, listen: Any) -> Any:
    from cnnlab.training.callbacks import LossNotFinite

    repeat, data = folder.repeat(0).make(), plan.data
    assert data is not None
    folder.status.set_repeat(0, "running")
    try:
        result = train_one(
            plan.config,
            0,
            repeat,
            data,
            device=plan.device,
            report=lambda row: listen(Event("epoch", 0, row)),
        )
    except LossNotFinite as error:
        folder.status.set_repeat(0, "failed", str(error))
        raise RepeatsFailed(f"the network to verify could not be trained: {error}") from error
    folder.status.set_repeat(0, "done")
    listen(Event("done", 0, result))
    return load_model(repeat.model_path)


def sample_images(data: Dataset | None, info: DatasetInfo, seed: int) -> np.ndarray:
    """A few training images, or random pixels where there are no data: uint8 (n, height, width, channels)."""
    rng = np.random.default_rng([seed, 1])
    if data is None:
        return rng.integers(0, 256, (NETWORK_IMAGES, *info.image_shape), dtype=np.uint8)
    count = min(NETWORK_IMAGES, len(data.train))
    return np.asarray(data.train.take(np.sort(rng.choice(len(data.train), count, replace=False))).images)


def _load(request: Request) -> tuple[Dataset | None, DatasetInfo]:
    """The data; None where they are missing and only a few images of them would be looked at."""
    item = request.config.data.dataset
    places = data_places(request.data_dir, download=not request.skip_training)
    try:
        data = load_dataset(item.name, item.parameters, places)
    except DataError:
        if not request.skip_training:
            raise
        return None, dataset_info(item.name, item.parameters, places)
    return data, data.info


def _set_up(config: Any) -> str:
    """Keras as a training sets it up, but with true float32 products on a GPU too."""
    training = config.training
    device = configure(
        threads=training.threads,
        device=training.device,
        precision=training.precision,
        deterministic=training.deterministic,
    )
    import tensorflow as tf

    tf.config.experimental.enable_tensor_float_32_execution(False)
    return device


def _make_folder(plan: Plan) -> RunFolder:
    request, config, data = plan.request, plan.config, plan.data
    folder = RunFolder.create(request.runs_dir, "verify", run_hash(config))
    write_text(folder.config_path, config_to_yaml(config))
    about_data: dict[str, Any] = {"dataset": config.data.dataset.name, "bundled_for": request.bundled_for}
    if data is not None:
        about_data |= {
            "title": data.title,
            "source": data.source,
            "sha256": data.content_hash(),
            "notes": list(data.notes),
        }
    weights = request.weights
    write_environment(
        folder,
        request.argv,
        {
            "run_hash": run_hash(config),
            "experiment_hash": experiment_hash(config),
            "data": about_data,
            "extensions": {str(path): file_hash(path) for path in config.extensions},
            "layout": {"jobs": 1, "threads": config.training.threads, "device": plan.device},
            "weights": weights and {"path": weights.model_path, "sha256": file_hash(weights.model_path)},
        },
    )
    return folder
