"""A finished run measured once more: on any of its splits, over other views, and as an ensemble."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cnnlab.augment.views import Views, mean
from cnnlab.backends import active, choose
from cnnlab.config.schema import Config
from cnnlab.errors import RunError
from cnnlab.metrics import Threshold, youden_threshold
from cnnlab.metrics.two_classes import YOUDEN
from cnnlab.predict.networks import ALL, ENSEMBLE, TrainedRun, open_network, prepare_framework, trained_run
from cnnlab.predict.recorded import DataUsed, RecordedData, recorded_data
from cnnlab.predict.stored import same_images, stored_predictions, stored_tta
from cnnlab.runs.read import Run
from cnnlab.runs.result import SPLIT_NAMES
from cnnlab.runs.run_data import RepeatResult
from cnnlab.training.averaging import probabilities
from cnnlab.training.evaluation import penalties, split_figures, threshold_figures
from cnnlab.training.undefined import undefined_notes

Figures = dict[str, float]


@dataclass(frozen=True)
class Measured:
    """One network, or the mean of several: which repeats, their figures, the threshold that was used."""

    repeats: tuple[int, ...]
    figures: Figures
    threshold: Threshold | None


@dataclass(frozen=True)
class RunEvaluation:
    """What was measured. `repeats` is empty when the ensemble alone was asked for; `ensemble` may be None."""

    run: Path
    name: str
    data: DataUsed
    split: str
    images: int
    tta: str
    views: int
    repeats: tuple[Measured, ...]
    ensemble: Measured | None
    positive_class: str | None  # of two classes, the one that sensitivity and the like are about
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class EvaluationRequest:
    """What is to be measured, for a process of its own; see `evaluate_run`."""

    run: Path
    split: str
    repeat: str
    tta: str | None
    data_dir: Path | None
    backend: str


def evaluate_requested(request: EvaluationRequest, say: Callable[[str], None]) -> RunEvaluation:
    """Measure on the backend that is asked for; see `evaluate_run`."""
    choose(request.backend)
    return evaluate_run(
        request.run,
        request.split,
        which=request.repeat,
        tta=request.tta,
        data_dir=request.data_dir,
        say=say,
    )


def evaluate_run(
    path: Path,
    split: str,
    *,
    which: str = ALL,
    tta: str | None = None,
    data_dir: Path | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> RunEvaluation:
    """Measure the repeats of the run at `path` on "train", "validation" or "test"; writes nothing.

    which: a repeat's number, "ensemble" (the mean of all repeats' probabilities) or "all" (each, and the ensemble).
    tta: a view set; None: the one of the run's config. `say` gets a line at each step.

    Raises RunError where there is nothing to measure, DataError where the data are missing or differ.
    """
    trained = trained_run(path)
    repeats = trained.chosen(which)
    name, views = trained.views(tta)
    data = recorded_data(trained.run, data_dir, split)
    why_no_ensemble = _why_no_ensemble(which, repeats, data, split)
    if which == ENSEMBLE and why_no_ensemble is not None:
        raise RunError(why_no_ensemble)
    prepare_framework()
    each, predicted = [], []
    for repeat in repeats:
        say(f"repeat {repeat.k}: {SPLIT_NAMES[split]} images, views: {name}")
        figures, threshold, labels, p = _measure(trained, repeat, data, split, views)
        each.append(Measured((repeat.k,), figures, threshold))
        predicted.append(p)
    ensemble = None
    if why_no_ensemble is None:
        ensemble = _ensemble(data.config, repeats, split, labels, mean(predicted))
    return RunEvaluation(
        trained.run.path,
        trained.run.name,
        data.used,
        split,
        len(labels),
        name,
        len(views),
        () if which == ENSEMBLE else tuple(each),
        ensemble,
        trained.positive_class,
        _notes(trained.run, data, split, why_no_ensemble if which == ALL else None, repeats, name, ensemble),
    )


def _why_no_ensemble(
    which: str, repeats: Sequence[RepeatResult], data: RecordedData, split: str
) -> str | None:
    """A sentence that says why there is no ensemble; None where there is one."""
    if which not in (ALL, ENSEMBLE):
        return "One repeat is not an ensemble."
    if len(repeats) == 1:
        return "The run has one finished repeat, which is not an ensemble."
    if data.drawn(split):
        return (
            f"There is no ensemble on {SPLIT_NAMES[split]} images: each repeat drew its own, and has been trained on "
            "some of those of the others."
        )
    return None


def _notes(
    run: Run,
    data: RecordedData,
    split: str,
    why_no_ensemble: str | None,
    repeats: Sequence[RepeatResult],
    tta: str,
    ensemble: Measured | None,
) -> tuple[str, ...]:
    found = [*data.notes(), *undefined_notes(data.config, data.dataset, (split,))]
    if run.data.bundled_for:
        found.insert(0, f"Bundled data stand in for '{run.data.bundled_for}'.")
    if why_no_ensemble is not None and len(repeats) > 1:
        found.append(why_no_ensemble)
    chose = {stored_tta(repeat) for repeat in repeats if repeat.result.threshold}
    if chose - {tta}:
        found.append(
            f"The thresholds are those that validation chose with the views '{chose.pop()}', as in training."
        )
    if ensemble is not None and chose and ensemble.threshold is None:
        found.append("The ensemble has no threshold: its repeats have no validation images in common.")
    return tuple(found)


def _measure(
    trained: TrainedRun, repeat: RepeatResult, data: RecordedData, split: str, views: Views
) -> tuple[Figures, Threshold | None, np.ndarray, np.ndarray]:
    """A repeat's figures, the threshold used, the labels and the probabilities."""
    part = data.part(repeat, split)
    if part.labels is None:
        raise RunError(
            f"The labels of the {SPLIT_NAMES[split]} images are hidden: take --split validation, or write predictions "
            f"for them with 'cnnlab predict RUN --split {split} --output FILE'."
        )
    model = open_network(trained, repeat)
    p = probabilities(views.forward(model, active().forward), part.images, views)
    threshold = _threshold_of(repeat)
    figures = split_figures(data.config, part.labels, p, len(trained.class_names), penalties(model))
    return figures | threshold_figures(split, part.labels, p, threshold), threshold, part.labels, p


def _threshold_of(repeat: RepeatResult) -> Threshold | None:
    """The threshold that validation chose when the repeat was trained."""
    found = repeat.result.threshold
    if found is None or found.value is None:
        return None
    return Threshold(found.value, str(found.rule), str(found.split))


def _ensemble(
    config: Config, repeats: Sequence[RepeatResult], split: str, labels: np.ndarray, p: np.ndarray
) -> Measured:
    """Figures of mean probabilities. There is no `loss`: weight penalties belong to single networks."""
    figures = split_figures(config, labels, p, p.shape[1], 0.0)
    figures.pop("loss")
    threshold = ensemble_threshold(repeats)
    figures |= threshold_figures(split, labels, p, threshold)
    return Measured(tuple(repeat.k for repeat in repeats), figures, threshold)


def ensemble_threshold(repeats: Sequence[RepeatResult]) -> Threshold | None:
    """What validation chooses for the mean of the repeats' stored probabilities, as for one network.

    None for other than two classes, and where the repeats have no validation images in common.
    """
    found = [stored_predictions(repeat, "validation") for repeat in repeats]
    stored = [one for one in found if one is not None]
    if len(stored) < len(repeats) or not same_images(stored) or stored[0].num_classes != 2:
        return None
    value = youden_threshold(stored[0].label, mean([one.probabilities for one in stored]))
    return None if value is None else Threshold(value, YOUDEN, "validation")
