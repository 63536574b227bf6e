"""One repeat, from its seed to its results: (config, repeat, folder, data) -> result."""

import time
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from cnnlab.backends import active
from cnnlab.config.identity import cell_hash
from cnnlab.config.schema import Config
from cnnlab.datasets import Dataset, DatasetInfo
from cnnlab.datasets.channel_statistics import ChannelStatistics
from cnnlab.datasets.splits import within_budget
from cnnlab.files import atomic_path, write_json
from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.process import peak_memory
from cnnlab.runs.result import ChosenThreshold, ModelInput, Result, Standardization, UsedViews, WeightCount
from cnnlab.training.baseline import baseline_figures
from cnnlab.training.checkpoint import CheckpointFolder
from cnnlab.training.evaluation import evaluate
from cnnlab.training.fitting import Fitting, Hooks, Trained
from cnnlab.training.framework import import_keras
from cnnlab.training.inputs import TrainingInputs, drawn_splits, training_inputs
from cnnlab.training.length import with_epochs
from cnnlab.training.model import build_network, ensemble_model
from cnnlab.training.rules import Stopped
from cnnlab.training.seeds import member_seed, repeat_seed


def train_one(
    config: Config,
    repeat: int,
    folder: RepeatFolder,
    data: Dataset,
    *,
    data_sha256: str | None = None,
    device: str = "CPU",
    hooks: Hooks | None = None,
) -> Result:
    """Train and evaluate repeat `repeat` (from 0), write its files into `folder`, and return its result.

    A checkpoint in `folder` is resumed; when `hooks.check` raises `Stopped`, one is written, and the exception passed
    on. data_sha256: the hash of the data's content, where it is known. Raises LossNotFinite when the loss does not
    stay finite.
    """
    hooks = hooks or Hooks()
    folder.result_path.unlink(missing_ok=True)  # of an earlier try that failed
    started = time.perf_counter()
    config = with_epochs(config, data)
    seed = repeat_seed(config.seed, repeat)
    splits = drawn_splits(config, data, seed)
    splits = replace(splits, **within_budget(splits.present(), config.data.memory_budget))
    import_keras().backend.clear_session()  # names that a person's own block leaves to Keras start anew
    inputs = training_inputs(config, splits, data.info)
    owner = {
        "cell_hash": cell_hash(config),
        "data_sha256": data_sha256 or data.sha256,
        "repeat": repeat,
    }
    members = [folder, *(folder.member(k).make() for k in range(1, config.training.ensemble))]
    models, histories = [], []
    with active().scope():
        for k, place in enumerate(members):
            model = build_network(config, data.info, member_seed(seed, k), inputs.statistics)
            fitting = start_training(config, model, inputs, seed, k, place, owner, hooks)
            histories.append(run_training(fitting, keep=len(members) > 1))
            models.append(model)
        model = models[0] if len(models) == 1 else ensemble_model(models)
    trained = time.perf_counter()
    validated = fitting.validated if len(models) == 1 else None
    try:
        evaluation = evaluate(config, model, splits, data.info.num_classes, hooks.check, validated)
        baseline = baseline_figures(config, splits, data.info.num_classes, hooks.check)
    except Stopped:
        fitting.save()
        raise
    result = Result(
        **owner,
        seed=seed,
        metrics=evaluation.figures,
        baseline=baseline,
        threshold=evaluation.threshold and ChosenThreshold(**evaluation.threshold.plain()),
        evaluation=UsedViews(**evaluation.views),
        **asdict(histories[0]),
        ensemble=len(models),
        weights=WeightCount(total=model.count_params(), trainable=_count(model.trainable_weights)),
        sizes={name: len(split) for name, split in splits.present().items()},
        class_names=data.info.class_names,
        positive_class=data.info.positive_class,
        class_weights=inputs.class_weights,
        input=_model_input(data.info, inputs.statistics),
        seconds={"training": trained - started, "evaluation": time.perf_counter() - trained},
        peak_memory_bytes=peak_memory(),
        device=device,
    ).sealed()
    with atomic_path(folder.model_path) as path:
        model.save(path)
    with atomic_path(folder.predictions_path) as path:
        np.savez_compressed(path, **evaluation.predictions)  # type: ignore[arg-type]
    write_json(folder.result_path, result)
    for place in members:
        CheckpointFolder(place.checkpoint_path, owner).remove()
    return result


def start_training(
    config: Config,
    model: Any,
    inputs: TrainingInputs,
    seed: int,
    member: int,
    folder: RepeatFolder,
    owner: dict[str, Any],
    hooks: Hooks,
) -> Fitting:
    """Make the training of an ensemble's member (the repeat's one network is member 0), from its checkpoint if any.

    Member 0 has its files in the repeat's folder, the others in ``members/1``, ``members/2``, ... Its seed is the
    repeat's, so that it is the network that the repeat would have without an ensemble; its epochs are those reported.
    """
    if member > 0:
        hooks = replace(hooks, report=lambda row: None)
    checkpoints = CheckpointFolder(folder.checkpoint_path, {**owner, "member": member})
    return Fitting(config, model, inputs, member_seed(seed, member), folder, checkpoints, hooks)


def run_training(fitting: Fitting, *, keep: bool) -> Trained:
    """Train to the end, or until `Stopped`: then, and with `keep` at the end too, a checkpoint is written."""
    try:
        trained = fitting.run()
    except Stopped:
        fitting.save()
        raise
    if keep:
        fitting.save()  # for a run that is stopped while another member is at work
    return trained


def _model_input(info: DatasetInfo, statistics: ChannelStatistics | None) -> ModelInput:
    standardize = statistics and Standardization(mean=statistics.mean, sd=statistics.sd)
    return ModelInput(shape=info.image_shape, range=(0, 255), standardize=standardize)


def _count(weights: list[Any]) -> int:
    return int(sum(np.prod(weight.shape) for weight in weights))
