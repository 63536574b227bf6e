"""One repeat, from its seed to its results: (config, repeat, folder, data) -> result."""

import time
from typing import Any

import numpy as np

from cnnlab.backends import active
from cnnlab.config.identity import run_hash
from cnnlab.config.schema import Config
from cnnlab.datasets import Dataset
from cnnlab.datasets.channel_statistics import channel_statistics
from cnnlab.datasets.memory import within_budget
from cnnlab.datasets.splits import draw_split
from cnnlab.files import atomic_path, write_json
from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.process import peak_memory
from cnnlab.runs.result import ChosenThreshold, ModelInput, Result, Standardization, UsedViews, WeightCount
from cnnlab.training.class_weights import class_weights
from cnnlab.training.evaluation import evaluate
from cnnlab.training.fitting import Hooks
from cnnlab.training.framework import import_keras
from cnnlab.training.length import with_epochs
from cnnlab.training.members import Members
from cnnlab.training.model import build_model
from cnnlab.training.preprocessed import preprocessed
from cnnlab.training.rules import Stopped
from cnnlab.training.seeds import repeat_seed, split_generator


def train_one(
    config: Config,
    repeat: int,
    folder: RepeatFolder,
    data: Dataset,
    *,
    device: str = "CPU",
    hooks: Hooks | None = None,
) -> Result:
    """Train and evaluate repeat `repeat` (from 0), write its files into `folder`, and return its result.

    A checkpoint in `folder` is gone on from; when `hooks.check` raises `Stopped`, one is written, and the exception
    goes on. Raises LossNotFinite when the loss does not stay finite.
    """
    hooks = hooks or Hooks()
    folder.result_path.unlink(missing_ok=True)  # of an earlier try that failed
    started = time.perf_counter()
    config = with_epochs(config, data)
    seed = repeat_seed(config.seed, repeat)
    splits = within_budget(drawn_splits(config, data, seed), config.data.memory_budget)
    keras = import_keras()
    keras.backend.clear_session()  # names that a person's own block leaves to Keras start anew for each repeat
    seen = preprocessed(config.preprocess, splits, data.info, config.data.memory_budget)
    statistics = channel_statistics(seen["train"].images) if config.data.standardize else None
    weights = class_weights(config.training.class_weights, splits["train"].labels, data.info.class_names)
    members = Members(config, seed, folder, {"run_hash": run_hash(config), "repeat": repeat}, hooks)
    with active().scope():
        model, history = members.train(
            lambda: build_model(config.model, data.info, config.data.scale, statistics, config.preprocess),
            seen,
            weights,
        )
    trained = time.perf_counter()
    try:
        evaluation = evaluate(config, model, splits, data.info.num_classes, hooks.check, members.said)
    except Stopped:
        members.save()
        raise
    threshold = evaluation.threshold
    result = Result(
        repeat=repeat,
        seed=seed,
        metrics=evaluation.figures,
        threshold=None if threshold is None else ChosenThreshold(**threshold.plain()),
        evaluation=UsedViews(**evaluation.views),
        **history,
        weights=WeightCount(total=model.count_params(), trainable=_count(model.trainable_weights)),
        sizes={name: len(split) for name, split in splits.items() if split is not None},
        class_names=tuple(data.info.class_names),
        class_weights=None if weights is None else tuple(weights),
        input=ModelInput(
            shape=data.info.image_shape,
            range=(0, 255),
            standardize=None
            if statistics is None
            else Standardization(mean=statistics.mean, sd=statistics.sd),
        ),
        seconds={"training": trained - started, "evaluation": time.perf_counter() - trained},
        peak_memory_bytes=peak_memory(),
        device=device,
    )
    with atomic_path(folder.model_path) as path:
        model.save(path)
    with atomic_path(folder.predictions_path) as path:
        np.savez_compressed(path, **evaluation.predictions)  # type: ignore[arg-type]
    write_json(folder.result_path, result)
    members.remove_checkpoints()
    return result


def drawn_splits(config: Config, data: Dataset, seed: int) -> dict[str, Any]:
    """The repeat's train, validation and test parts, limited as the config says; None where there is none."""
    splits = draw_split(
        data,
        train_size=config.data.train_size,
        validation_fraction=config.data.validation_fraction,
        rng=split_generator(seed),
    )
    parts = {"train": splits.train, "validation": splits.validation, "test": splits.test}
    return {
        name: None if part is None else limited(part, config.data.limit_per_split)
        for name, part in parts.items()
    }


def limited(split: Any, limit: int | None) -> Any:
    """At most `limit` images of a split, evenly spaced over it, since a test set may be sorted by class."""
    if limit is None or len(split) <= limit:
        return split
    return split.take(np.arange(limit) * len(split) // limit)


def _count(weights: list[Any]) -> int:
    return int(sum(np.prod(weight.shape) for weight in weights))
