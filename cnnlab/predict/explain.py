"""Explaining a finished repeat: maps of what its surest hits and its surest mistakes rest on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.backends import active, choose
from cnnlab.errors import CnnlabError, ConfigError, DataError, RunError, counted
from cnnlab.files import atomic_path, require_no_links, write_json
from cnnlab.numpy_cnn import Network, from_keras
from cnnlab.predict import maps
from cnnlab.predict.networks import open_network, prepare_framework, trained_run
from cnnlab.predict.recorded import RecordedData, recorded_data
from cnnlab.predict.stored import stored_tta
from cnnlab.report.predictions import Predictions, load_predictions
from cnnlab.runs.explanation import CentralSquare, Explanation, MapFigures
from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.result import SPLIT_NAMES
from cnnlab.runs.run_data import RepeatResult

TUMOUR = (32, "what the label is about")  # Veeling et al. 2018
DIGIT = (20, "the digit")  # LeCun et al. 1998: fitted into 20x20 pixels, then centred
CENTERS = {"pcam": TUMOUR, "pcam_lab": TUMOUR, "pcam_synthetic": TUMOUR, "mnist": DIGIT, "mnist10k": DIGIT}
"""By data set the side in pixels of the central square that should decide, and what it holds."""


@dataclass(frozen=True)
class ExplanationRequest:
    """What is to be explained, for a process of its own; see `explain_repeat`."""

    run: Path
    repeat: int | None
    split: str | None
    images: int
    center: int | None
    data_dir: Path | None
    backend: str


@dataclass(frozen=True)
class Explained:
    """What was found, and the files in the run folder that hold it."""

    run: Path
    name: str
    explanation: Explanation
    files: tuple[Path, ...]


@dataclass(frozen=True)
class _Maps:
    """Maps of one kind (n, height, width); `random` those of a network with random weights, None without one."""

    method: str
    trained: np.ndarray
    random: np.ndarray | None


def explain_repeat(request: ExplanationRequest, say: Callable[[str], None]) -> Explained:
    """Write explanation.json and explanation.npz into the folder of a finished repeat, by default the first.

    Explained are the `images` surest hits and as many mistakes among the stored predictions on `split`, by default
    "test" where its labels are known, else "validation". center: the side of the central square, by default that of
    `CENTERS`. `say` gets a line at each step.

    Raises RunError where there is nothing to explain, DataError where the data are missing or differ.
    """
    choose(request.backend)
    trained = trained_run(request.run)
    repeat = trained.chosen(str(trained.repeats[0].k if request.repeat is None else request.repeat))[0]
    predictions = _predictions(repeat, request.split)
    rows = [*surest(predictions, request.images, hits=True)]
    hits = len(rows)
    rows += surest(predictions, request.images, hits=False)
    data = recorded_data(trained.run, request.data_dir, predictions.split)
    images = _images(data, repeat, predictions, rows)
    center = _center(request.center, data.dataset.name, images.shape[1:3])
    require_no_links(trained.run.path)
    prepare_framework()
    model = open_network(trained, repeat)
    say(f"repeat {repeat.k}: {counted(len(rows), f'{SPLIT_NAMES[predictions.split]} image')}")
    predicted = predictions.predicted[rows]
    network, why = _numpy_network(model)
    layer = None if network is None else maps.last_feature_map(network, images.shape[1:])
    found = list(_all_maps(network, layer, model, images, predicted, repeat.seed or 0, say))
    explanation = Explanation(
        repeat=repeat.k,
        split=predictions.split,
        hits=hits,
        mistakes=len(rows) - hits,
        layer=layer,
        seed=None if network is None else repeat.seed or 0,
        center=center,
        methods=tuple(_figures(each, center) for each in found),
        notes=tuple(_notes(why, network, layer, repeat)),
    )
    arrays = _arrays(predictions, rows, images, found)
    return Explained(trained.run.path, trained.run.name, explanation, _written(repeat, explanation, arrays))


def surest(predictions: Predictions, most: int, *, hits: bool) -> list[int]:
    """The rows of the right or wrong predictions of highest probability, surest first, ties by index.

    Of two classes, as many of each true class as there are, up to half of `most`.
    """
    confidence = predictions.probabilities.max(axis=1)
    chosen = np.flatnonzero((predictions.predicted == predictions.label) == hits)
    order = chosen[np.lexsort((predictions.index[chosen], -confidence[chosen]))]
    if predictions.num_classes == 2:
        label = predictions.label[order]
        rank = np.empty(len(order), int)  # of each image within its class
        for one in (0, 1):
            rank[label == one] = np.arange((label == one).sum())
        kept = np.sort(np.argsort(rank, kind="stable")[:most])
        return [int(row) for row in order[kept]]
    return [int(row) for row in order[:most]]


def _predictions(repeat: RepeatResult, split: str | None) -> Predictions:
    path = RepeatFolder(repeat.path, repeat.k).predictions_path
    for name in ("test", "validation") if split is None else (split,):
        found = load_predictions(path, name)
        if found is not None:
            return found
    where = "test or validation" if split is None else SPLIT_NAMES[split]
    raise RunError(
        f"{path} holds no predictions on labelled {where} images, among which the surest would be chosen."
    )


def _images(
    data: RecordedData, repeat: RepeatResult, predictions: Predictions, rows: list[int]
) -> np.ndarray:
    """The images of the chosen rows, uint8 (n, height, width, channels)."""
    if data.changed:
        raise DataError(f"{data.changed} The images whose predictions are stored cannot be found in them.")
    (part,) = data.parts(repeat)
    position = {int(index): place for place, index in enumerate(part.indices)}
    wanted = [position.get(int(index)) for index in predictions.index[rows]]
    if None in wanted:
        raise DataError(f"{repeat.path}: predictions.npz is about other images than those of this run.")
    return np.stack([np.asarray(part.images[place]) for place in wanted])


def _center(side: int | None, dataset: str, shape: tuple[int, ...]) -> CentralSquare | None:
    """The central square; None where the data set has none, and where it would be the whole image."""
    holds = ""
    if side is None:
        side, holds = CENTERS.get(dataset, (0, ""))
        if not 0 < side < min(shape):
            return None
    if not 0 < side < min(shape):
        raise ConfigError(
            f"--center expects fewer pixels than a side of the image, {min(shape)}, got {side}."
        )
    return CentralSquare(side=side, holds=holds, area=side * side / (shape[0] * shape[1]))


def _numpy_network(model: Any) -> tuple[Network | None, str]:
    """The model's twin in NumPy, or None and why there is none."""
    try:
        return from_keras(model), ""
    except CnnlabError as error:
        return None, str(error)


def _all_maps(
    network: Network | None,
    layer: str | None,
    model: Any,
    images: np.ndarray,
    classes: np.ndarray,
    seed: int,
    say: Callable[[str], None],
) -> Any:
    """Maps of each kind that can be made."""
    if network is None:
        say(f"{maps.OCCLUSION}, covering part after part of each image")
        yield _Maps(
            maps.OCCLUSION,
            maps.occlusion(maps.log_probabilities(active().forward(model)), images, classes),
            None,
        )
        return
    random = maps.with_random_weights(network, seed)
    if layer is not None:
        found, other = (maps.grad_cam(one, images, classes, layer) for one in (network, random))
        yield _Maps(found.method, found.maps, other.maps)
    say(f"{maps.OCCLUSION}, covering part after part of each image, for it and for a random network")
    yield _Maps(
        maps.OCCLUSION, *(maps.occlusion(maps.scores_of(one), images, classes) for one in (network, random))
    )


def _figures(found: _Maps, center: CentralSquare | None) -> MapFigures:
    def share(each: np.ndarray | None) -> float | None:
        return None if each is None or center is None else _mean(maps.central_share(each, center.side))

    random = found.random
    correlation = None if random is None else _mean(maps.rank_correlation(found.trained, random))
    return MapFigures(
        method=found.method,
        share=share(found.trained),
        random_share=share(random),
        correlation=correlation,
    )


def _mean(values: np.ndarray) -> float | None:
    """The mean of those that are numbers; None without any."""
    finite = values[np.isfinite(values)]
    return float(finite.mean().clip(-1, 1)) if len(finite) else None


def _notes(why: str, network: Network | None, layer: str | None, repeat: RepeatResult) -> list[str]:
    notes = []
    if network is None:
        notes.append(f"There are occlusion maps alone, without those of a random network: {why}")
    elif layer is None:
        notes.append(
            "There are occlusion maps alone: the network has no convolution that leaves rows and columns."
        )
    tta = stored_tta(repeat)
    if tta != "none":
        notes.append(
            f"The images were chosen by mean probabilities over views ({tta}); the maps are of one view."
        )
    return notes


def _arrays(
    predictions: Predictions, rows: list[int], images: np.ndarray, found: list[_Maps]
) -> Mapping[str, np.ndarray]:
    arrays = {
        "images": images,
        "index": predictions.index[rows],
        "label": predictions.label[rows],
        "predicted": predictions.predicted[rows],
        "probability": predictions.probabilities[rows].max(axis=1),
    }
    if predictions.names is not None:
        arrays["names"] = predictions.names[rows]
    for each in found:
        arrays[each.method] = each.trained.astype(np.float32)
        if each.random is not None:
            arrays[f"{each.method} random"] = each.random.astype(np.float32)
    return arrays


def _written(
    repeat: RepeatResult, explanation: Explanation, arrays: Mapping[str, np.ndarray]
) -> tuple[Path, ...]:
    """Write the maps, and then the record that speaks of them."""
    folder = RepeatFolder(repeat.path, repeat.k)
    with atomic_path(folder.explanation_maps_path) as temporary:
        np.savez_compressed(temporary, **arrays)  # type: ignore[arg-type]
    write_json(folder.explanation_path, explanation)
    return folder.explanation_path, folder.explanation_maps_path
