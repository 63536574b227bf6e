"""A finished run measured once more: on any of its splits, over other views, and as an ensemble."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cnnlab.augment.views import Views, mean
from cnnlab.backends import active, choose
from cnnlab.errors import RunError
from cnnlab.metrics import Threshold, youden_threshold
from cnnlab.metrics.two_classes import YOUDEN
from cnnlab.predict.networks import ALL, ENSEMBLE, TrainedRun, open_network, prepare_framework, trained_run
from cnnlab.predict.outside import OutsideData, outside_data
from cnnlab.predict.recorded import DataUsed, RecordedData, recorded_data
from cnnlab.predict.stored import same_images, stored_predictions, stored_tta
from cnnlab.runs.find import expanded
from cnnlab.runs.read import Run
from cnnlab.runs.run_data import RepeatResult
from cnnlab.training.averaging import probabilities
from cnnlab.training.evaluation import penalties, split_figures, threshold_figures
from cnnlab.training.undefined import undefined_notes

Figures = dict[str, float]
EvaluatedData = RecordedData | OutsideData


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
    split: str  # of the run's data or of others; "all" for all parts of others
    noun: str  # what one of the images is called
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
    split: str | None
    repeat: str
    tta: str | None
    data: Path | None
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
        outside=request.data,
        data_dir=request.data_dir,
        say=say,
    )


def evaluate_run(
    path: Path,
    split: str | None = None,
    *,
    which: str = ALL,
    tta: str | None = None,
    outside: Path | None = None,
    data_dir: Path | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> RunEvaluation:
    """Measure the repeats of the run at `path` on "train", "validation" or "test" (None); writes nothing.

    outside: a folder or file of labelled images to measure on in place of the run's own; see `outside_data`.
    which: a repeat's number, "ensemble" (the mean of all repeats' probabilities) or "all" (each, and the ensemble).
    tta: a view set; None: the one of the run's config. `say` gets a line at each step.

    Raises RunError where there is nothing to measure, DataError where the data are missing or differ.
    """
    trained = trained_run(path)
    repeats = trained.chosen(which)
    name, views = trained.views(tta)
    data: EvaluatedData
    if outside is None:
        data = recorded_data(trained.run, data_dir, split or "test")
    else:
        data = outside_data(trained, expanded(outside), split)
    why_no_ensemble = _why_no_ensemble(which, repeats, data)
    if which == ENSEMBLE and why_no_ensemble is not None:
        raise RunError(why_no_ensemble)
    prepare_framework()
    each, predicted = [], []
    for repeat in repeats:
        say(f"repeat {repeat.k}: {data.noun}s, views: {name}")
        figures, threshold, labels, p = _measure(trained, repeat, data, views)
        each.append(Measured((repeat.k,), figures, threshold))
        predicted.append(p)
    ensemble = None
    if why_no_ensemble is None:
        ensemble = _ensemble(data, repeats, labels, mean(predicted))
    return RunEvaluation(
        trained.run.path,
        trained.run.name,
        data.used,
        data.split,
        data.noun,
        len(labels),
        name,
        len(views),
        () if which == ENSEMBLE else tuple(each),
        ensemble,
        trained.positive_class,
        _notes(trained.run, data, why_no_ensemble if which == ALL else None, repeats, name, ensemble),
    )


def _why_no_ensemble(which: str, repeats: Sequence[RepeatResult], data: EvaluatedData) -> str | None:
    """A sentence that says why there is no ensemble; None where there is one."""
    if which not in (ALL, ENSEMBLE):
        return "One repeat is not an ensemble."
    if len(repeats) == 1:
        return "The run has one finished repeat, which is not an ensemble."
    if data.drawn():
        return (
            f"There is no ensemble on {data.noun}s: each repeat drew its own, and has been trained on "
            "some of those of the others."
        )
    return None


def _notes(
    run: Run,
    data: EvaluatedData,
    why_no_ensemble: str | None,
    repeats: Sequence[RepeatResult],
    tta: str,
    ensemble: Measured | None,
) -> tuple[str, ...]:
    found = [*data.notes]
    if isinstance(data, RecordedData):
        found += undefined_notes(data.config, data.dataset, (data.split,))
    if isinstance(data, RecordedData) and run.data.bundled_for:
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
    trained: TrainedRun, repeat: RepeatResult, data: EvaluatedData, views: Views
) -> tuple[Figures, Threshold | None, np.ndarray, np.ndarray]:
    """A repeat's figures, the threshold used, the labels and the probabilities."""
    parts = data.parts(repeat)
    labels = [part.labels for part in parts if part.labels is not None]
    if len(labels) < len(parts):
        raise RunError(
            f"The labels of the {data.noun}s are hidden: take --split validation, or write predictions "
            f"for them with 'cnnlab predict RUN --split {data.split} --output FILE'."
        )
    model = open_network(trained, repeat)
    forward = views.forward(model, active().forward)
    p = np.concatenate([probabilities(forward, part.images, views) for part in parts])
    threshold, truth = _threshold_of(repeat), np.concatenate(labels)
    return _figures(data, truth, p, threshold, penalties(model)), threshold, truth, p


def _figures(
    data: EvaluatedData, labels: np.ndarray, p: np.ndarray, threshold: Threshold | None, penalty: float
) -> Figures:
    """All figures of these probabilities, those at the threshold among them; those of other data are as on test."""
    split = data.split if isinstance(data, RecordedData) else "test"
    return split_figures(data.config, labels, p, p.shape[1], penalty) | threshold_figures(
        split, labels, p, threshold
    )


def _threshold_of(repeat: RepeatResult) -> Threshold | None:
    """The threshold that validation chose when the repeat was trained."""
    found = repeat.result.threshold
    if found is None or found.value is None:
        return None
    return Threshold(found.value, str(found.rule), str(found.split))


def _ensemble(
    data: EvaluatedData, repeats: Sequence[RepeatResult], labels: np.ndarray, p: np.ndarray
) -> Measured:
    """Figures of mean probabilities. There is no `loss`: weight penalties belong to single networks."""
    threshold = ensemble_threshold(repeats)
    figures = _figures(data, labels, p, threshold, 0.0)
    figures.pop("loss")
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
