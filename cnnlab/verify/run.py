"""A whole verification: its run folder, its three parts, its verdict."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cnnlab.config.identity import experiment_hash, file_hash, run_hash
from cnnlab.config.load import config_to_yaml
from cnnlab.errors import Interrupted, RepeatsFailed
from cnnlab.executors.base import Event
from cnnlab.files import write_json, write_text
from cnnlab.numpy_cnn import from_keras
from cnnlab.runs.environment import write_environment
from cnnlab.runs.folder import RunFolder
from cnnlab.training.framework import without_chatter
from cnnlab.training.repeat import drawn_splits, train_one
from cnnlab.training.seeds import repeat_seed
from cnnlab.verify.arrays import save_arrays
from cnnlab.verify.data import check_data
from cnnlab.verify.layers import check_layers
from cnnlab.verify.models import behind_preprocessing, load_model
from cnnlab.verify.network import check_network
from cnnlab.verify.plan import Plan, sample_images

Show = Callable[[str, dict[str, Any]], None]
Listen = Callable[[Event], None]


@dataclass(frozen=True)
class Outcome:
    """What came of it: `result` is the content of verify.json."""

    folder: RunFolder
    result: dict[str, Any]


def verify(
    plan: Plan, show: Show = lambda part, result: None, listen: Listen = lambda event: None
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


def _run_parts(plan: Plan, folder: RunFolder, show: Show, listen: Listen) -> dict[str, Any]:
    request, seed = plan.request, plan.config.seed
    options: dict[str, Any] = {"dtype": request.dtype, "forward_only": request.forward_only}
    result: dict[str, Any] = {"passed": False, "seed": seed, **options}
    with without_chatter():
        result["layers"] = check_layers(request.kinds, seed=seed, every=request.every, **options)
    show("layers", result["layers"])
    with without_chatter():
        images = plan.prepare(sample_images(plan.data, plan.info, seed))
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


def _data_part(plan: Plan, folder: RunFolder, listen: Listen) -> tuple[Any, dict[str, Any] | None]:
    """Train unless there are weights, and evaluate; returns the trained model and the part's result."""
    request = plan.request
    if plan.data is None or request.skip_training:
        return None, None
    model, repeat, source = plan.model, 0, "trained here"
    if request.weights is None:
        model = _train(plan, folder, listen)
    else:
        repeat, source = request.weights.repeat or 0, str(request.weights.model_path)
    splits = {
        name: None if part is None else replace(part, images=plan.prepare(np.asarray(part.images)))
        for name, part in drawn_splits(plan.config, plan.data, repeat_seed(plan.config.seed, repeat)).items()
    }
    about = {
        "dataset": plan.data.name,
        "title": plan.data.title,
        "notes": list(plan.data.notes),
        "weights_from": source,
        "published": _published(plan),
    }
    with without_chatter():
        return model, about | check_data(plan.config, model, splits)


def _published(plan: Plan) -> dict[str, Any] | None:
    """The config's published values, where this run may stand beside them: trained here, on all of their data."""
    config, data = plan.config, plan.data
    whole = config.data.limit_per_split is None and plan.trains
    if config.published is None or data is None or config.published.dataset != data.name or not whole:
        return None
    return config.published.model_dump(mode="json", exclude_none=True)


def _train(plan: Plan, folder: RunFolder, listen: Listen) -> Any:
    from cnnlab.training.fitting import Hooks
    from cnnlab.training.rules import LossNotFinite

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
            hooks=Hooks(report=lambda row: listen(Event("epoch", 0, row))),
        )
    except LossNotFinite as error:
        folder.status.set_repeat(0, "failed", str(error))
        raise RepeatsFailed(f"the network to verify could not be trained: {error}") from error
    finally:  # a verify run is started anew, not gone on with
        shutil.rmtree(repeat.checkpoint_path, ignore_errors=True)
    folder.status.set_repeat(0, "done")
    listen(Event("done", 0, result))
    return behind_preprocessing(load_model(repeat.model_path))[0]


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
