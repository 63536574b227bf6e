"""From a run and images to CSV files: one network's classes, or those of the mean of several."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.augment.views import mean
from cnnlab.backends import choose
from cnnlab.errors import ConfigError, RunError, counted
from cnnlab.predict import BATCH_SIZE
from cnnlab.predict.image_check import Expected
from cnnlab.predict.inputs import Input, open_input
from cnnlab.predict.networks import ALL, TrainedRun, open_forward, prepare_framework, trained_run
from cnnlab.predict.recorded import recorded_data
from cnnlab.predict.stored import same_images, stored_predictions, stored_tta
from cnnlab.predict.submission import require_free, submissions
from cnnlab.report.predictions import Predictions
from cnnlab.runs.find import expanded
from cnnlab.runs.run_data import RepeatResult
from cnnlab.training.averaging import averaged, batches


@dataclass(frozen=True)
class PredictionRequest:
    """What is to be predicted, by what, and where it goes. Either `inputs` or `split` is given."""

    run: Path
    output: Path
    inputs: Sequence[Path] = ()
    split: str | None = None  # of the run's own data
    repeat: str = "ensemble"  # a number, "ensemble" or "all"
    tta: str | None = None  # None: as the run's config says
    with_probabilities: bool = False
    force: bool = False
    batch_size: int = BATCH_SIZE
    data_dir: Path | None = None
    backend: str | None = None  # None: the one that this process has chosen


@dataclass(frozen=True)
class Written:
    """One CSV file: which repeats' mean it holds, its rows, and how many of them each class has."""

    path: Path
    repeats: tuple[int, ...]
    rows: int
    counts: dict[str, int]


@dataclass(frozen=True)
class Predicted:
    """By which run's networks what was written, over which views, and what a person should read."""

    run: Path
    files: tuple[Written, ...]
    tta: str
    notes: tuple[str, ...] = field(default=())
    positive_class: str | None = None  # of two classes


Progress = Callable[[tuple[int, int]], None]
"""Called with the images done so far and all there are."""


def predict(request: PredictionRequest, progress: Progress = lambda done: None) -> Predicted:
    """Predict the request's images and write the CSV files; nothing is written when it cannot be done to the end.

    Raises ConfigError, RunError or DataError: see the parts.
    """
    if request.backend is not None:
        choose(request.backend)
    trained = trained_run(request.run)
    repeats = trained.chosen(request.repeat)
    groups = [(repeat,) for repeat in repeats] if request.repeat == ALL else [repeats]
    paths = output_paths(request.output, [group[0].k for group in groups] if request.repeat == ALL else None)
    require_free(paths, request.force)
    name, views = trained.views(request.tta)
    if request.split is not None:
        stored = _stored(trained, repeats, request.split, name)
        if stored is not None:
            notes = _limited(trained)
            order = np.argsort(stored[0].index, kind="stable")
            names = None if stored[0].names is None else stored[0].names[order].tolist()
            blocks = partial(_blocks_of, stored, order, progress)
            return _write(request, trained, paths, groups, name, blocks, names, notes)
    images, ids, notes = _images(request, trained, repeats)
    prepare_framework()
    forwards = [open_forward(trained, repeat, views) for repeat in repeats]

    def computed() -> Iterator[tuple[Sequence[int], list[np.ndarray]]]:
        done = 0
        for batch in batches(images.images, request.batch_size):
            predicted = [averaged(forward, batch, views) for forward in forwards]
            yield ids[done : done + len(batch)], predicted
            done += len(batch)
            progress((done, len(ids)))

    written = _write(request, trained, paths, groups, name, computed, images.names, notes)
    return replace(written, notes=(*written.notes, *images.notes_of_reading()))


def output_paths(output: Path, repeats: Sequence[int] | None) -> list[Path]:
    """The files to write: `output`, or one for each repeat: submission.csv becomes submission-repeat0.csv."""
    output = expanded(output)
    if not output.name:
        raise ConfigError(f"--output {output} names no file: name a CSV file, such as predictions.csv.")
    if repeats is None:
        return [output]
    return [output.with_name(f"{output.stem}-repeat{k}{output.suffix}") for k in repeats]


def _images(
    request: PredictionRequest, trained: TrainedRun, repeats: Sequence[RepeatResult]
) -> tuple[Input, Sequence[int], tuple[str, ...]]:
    """The images, their ids, and notes."""
    if request.split is None:
        expected = Expected.of_run(trained.run.config, trained.image_shape)
        images = open_input([expanded(path) for path in request.inputs], expected)
        return images, range(len(images.images)), images.notes
    data = recorded_data(trained.run, request.data_dir, request.split)
    if data.drawn(request.split) and len(repeats) > 1:
        raise RunError(_own_images(request.split))
    part = data.part(repeats[0], request.split)
    names = None if part.names is None else part.names.tolist()
    return Input(part.images, names), part.indices.tolist(), (*data.notes(), *_limited(trained))


def _limited(trained: TrainedRun) -> tuple[str, ...]:
    """A note where the run took only some images of each split: its ids leave others out."""
    limit = trained.run.setting("data", "limit_per_split")
    if limit is None:
        return ()
    return (
        f"The run took at most {counted(limit, 'image')} of each split; an id is the image's place in the whole split.",
    )


def _stored(
    trained: TrainedRun, repeats: Sequence[RepeatResult], split: str, tta: str
) -> list[Predictions] | None:
    """The predictions that training has stored, where they were averaged over the views that are wanted."""
    found = [stored_predictions(repeat, split) for repeat in repeats if stored_tta(repeat) == tta]
    usable = [predictions for predictions in found if predictions is not None]
    if len(usable) < len(repeats):
        return None
    if not same_images(usable):
        raise RunError(_own_images(split))
    return usable


def _own_images(split: str) -> str:
    return (
        f"Each repeat drew {split} images of its own, so that there is no mean over repeats and no list of images "
        "that all share: choose one with --repeat K."
    )


def _blocks_of(
    stored: Sequence[Predictions], order: np.ndarray, progress: Progress
) -> Iterator[tuple[Sequence[int], list[np.ndarray]]]:
    yield stored[0].index[order].tolist(), [one.probabilities[order] for one in stored]
    progress((len(order), len(order)))


def _write(
    request: PredictionRequest,
    trained: TrainedRun,
    paths: Sequence[Path],
    groups: Sequence[tuple[RepeatResult, ...]],
    tta: str,
    blocks: Callable[[], Iterator[tuple[Sequence[int], list[np.ndarray]]]],
    names: Sequence[str] | None = None,
    notes: tuple[str, ...] = (),
) -> Predicted:
    """Write blocks of (ids, each repeat's probabilities), for each group of repeats the mean over them."""
    done = 0
    options: dict[str, Any] = {
        "with_probabilities": request.with_probabilities,
        "with_names": names is not None,
    }
    with submissions(paths, trained.class_names, **options) as files:
        for ids, predicted in blocks():
            means = [mean(predicted)] if len(files) == 1 else predicted
            for file, probabilities in zip(files, means, strict=True):
                file.write(ids, probabilities, names and names[done : done + len(ids)])
            done += len(ids)
    written = [
        Written(
            path,
            tuple(repeat.k for repeat in group),
            done,
            dict(zip(trained.class_names, file.counts.tolist(), strict=True)),
        )
        for path, group, file in zip(paths, groups, files, strict=True)
    ]
    return Predicted(request.run, tuple(written), tta, notes, trained.positive_class)
