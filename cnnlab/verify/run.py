"""A whole verification: its run folder, its three parts, its verdict."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.config.identity import experiment_hash, file_hash, run_hash
from cnnlab.config.load import config_to_yaml
from cnnlab.datasets import Dataset
from cnnlab.errors import Interrupted, RepeatsFailed
from cnnlab.executors.base import Event
from cnnlab.files import write_json, write_text
from cnnlab.numpy_cnn import from_keras
from cnnlab.report.figures.plots import write_verify_plots
from cnnlab.runs.capture import write_environment
from cnnlab.runs.environment import DataRecord, Environment, LayoutRecord, UsedWeights
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.verification import DataVerdict, LayersVerdict, NetworkVerdict, VerificationRecord
from cnnlab.training.fitting import Hooks
from cnnlab.training.framework import without_chatter
from cnnlab.training.inputs import drawn_splits
from cnnlab.training.repeat import train_one
from cnnlab.training.rules import LossNotFinite
from cnnlab.training.seeds import repeat_seed
from cnnlab.verify.arrays import save_arrays
from cnnlab.verify.data import check_data
from cnnlab.verify.layers import check_layers
from cnnlab.verify.models import behind_preprocessing, load_model
from cnnlab.verify.network import check_network
from cnnlab.verify.plan import VerifyPlan, plan_verify, sample_images
from cnnlab.verify.request import Request

MOST_MODEL_BYTES = 10_000_000_000

Part = LayersVerdict | NetworkVerdict | DataVerdict
Say = Callable[[tuple[str, Part] | Event], None]
"""Gets each part's name and verdict as it ends, and the events of the training."""


def verify(request: Request, say: Say) -> tuple[Path, VerificationRecord]:
    """Run the three parts and write the run folder, with its plots; returns it, and the content of its verify.json.

    Raises what `plan_verify` does before anything is written.
    """
    plan = plan_verify(request)
    folder = _make_folder(plan)
    folder.status.start("verify", [0] if request.trains else [])
    try:
        result = _run_parts(plan, folder, say)
    except KeyboardInterrupt:
        folder.status.finish("interrupted")
        raise Interrupted(f"interrupted: what was written is kept in {folder.path}.") from None
    except BaseException:
        folder.status.finish("failed")
        raise
    folder.status.finish("done")
    write_verify_plots(folder.path)
    return folder.path.resolve(), result


def _run_parts(plan: VerifyPlan, folder: RunFolder, say: Say) -> VerificationRecord:
    request, seed = plan.request, plan.config.seed
    options: dict[str, Any] = {"dtype": request.dtype, "seed": seed, "forward_only": request.forward_only}
    with without_chatter():
        layers = check_layers(request.kinds, every=request.every, **options)
    say(("layers", layers))
    with without_chatter():
        images = plan.prepare(sample_images(plan.data, plan.info, seed))
        network, sides = check_network(plan.model, images, **options)
    say(("network", network))
    trained, data = None, None
    if plan.data is not None and not request.skip_training:
        trained = _train(plan, plan.data, folder, say) if request.trains else plan.model
        with without_chatter():
            data = _check_data(plan, plan.data, trained)
        say(("data", data))
    result = VerificationRecord(
        passed=layers.passed and network.passed and (data is None or data.passed),
        layers=layers,
        network=network,
        data=data,
        **options,
    )
    save_arrays(folder, images, sides, None if trained is None else from_keras(trained, dtype="float32"))
    write_json(folder.verify_path, result.model_dump())
    return result


def _check_data(plan: VerifyPlan, data: Dataset, model: Any) -> DataVerdict:
    """Evaluate the trained model on the splits of the repeat that it comes from, here the first."""
    config, weights = plan.config, plan.request.weights
    seed = repeat_seed(config.seed, weights.repeat if weights else 0)
    splits = {
        name: replace(part, images=plan.prepare(np.asarray(part.images)))
        for name, part in drawn_splits(config, data, seed).present().items()
    }
    return check_data(
        config,
        data,
        model,
        splits,
        weights_from=str(weights.model_path) if weights else "trained here",
        published=_published(plan, data),
    )


def _published(plan: VerifyPlan, data: Dataset) -> dict[str, Any] | None:
    """The config's published values, where this run may stand beside them: trained here, on all of their data."""
    published, whole = plan.config.published, plan.config.data.limit_per_split is None
    if published is None or published.dataset != data.name or not (whole and plan.request.trains):
        return None
    return published.model_dump(mode="json")


def _train(plan: VerifyPlan, data: Dataset, folder: RunFolder, say: Say) -> Any:
    repeat, epochs = folder.repeat(0).make(), plan.config.training.epochs
    folder.status.set_repeat(0, "running")
    try:
        result = train_one(
            plan.config,
            0,
            repeat,
            data,
            device=plan.device,
            hooks=Hooks(report=lambda row: say(Event("epoch", 0, {**row, "epochs": epochs}))),
        )
    except LossNotFinite as error:
        folder.status.set_repeat(0, "failed", str(error))
        raise RepeatsFailed(f"the network to verify could not be trained: {error}") from error
    finally:  # a verify run is started anew, not resumed
        shutil.rmtree(repeat.checkpoint_path, ignore_errors=True)
    folder.status.set_repeat(0, "done")
    say(Event("done", 0, result.model_dump()))
    return behind_preprocessing(load_model(repeat.model_path))[0]


def _make_folder(plan: VerifyPlan) -> RunFolder:
    request, config, data = plan.request, plan.config, plan.data
    folder = RunFolder.create(request.runs_dir, "verify", run_hash(config))
    write_text(folder.config_path, config_to_yaml(config))
    about_data = DataRecord(dataset=config.data.dataset.name, bundled_for=request.bundled_for)
    if data is not None:
        found = DataRecord(title=data.title, source=data.source, sha256=data.content_hash(), notes=data.notes)
        about_data = about_data.updated(found)
    weights = request.weights
    write_environment(
        folder,
        request.argv,
        Environment(
            run_hash=run_hash(config),
            experiment_hash=experiment_hash(config),
            data=about_data,
            extensions={str(path): file_hash(path) for path in config.extensions},
            layout=LayoutRecord(jobs=1, threads=config.training.threads, device=plan.device),
            weights=weights
            and UsedWeights(
                path=str(weights.model_path), sha256=file_hash(weights.model_path, MOST_MODEL_BYTES)
            ),
        ),
    )
    return folder
