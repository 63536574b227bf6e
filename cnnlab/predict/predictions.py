"""From a run and images to CSV files: one network's classes, or those of the mean of several."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.augment.views import Views, mean
from cnnlab.backends import choose
from cnnlab.datasets.stored import StoredImages
from cnnlab.errors import ConfigError, RunError, counted
from cnnlab.predict import BATCH_SIZE
from cnnlab.predict.columns import Rows
from cnnlab.predict.image_check import Expected
from cnnlab.predict.inputs import Input, open_input
from cnnlab.predict.layout import CsvTable, layout_of, table_of
from cnnlab.predict.networks import ALL, TrainedRun, open_forward, prepare_framework, trained_run
from cnnlab.predict.recorded import recorded_data
from cnnlab.predict.stored import same_images, stored_predictions, stored_tta
from cnnlab.predict.submission import require_free, submissions
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
    format: str | None = None  # the columns, see `cnnlab.predict.columns`
    like: Path | None = None  # a sample submission, whose header and rows are to be filled
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


@dataclass(frozen=True)
class Images:
    """Images that are to be predicted, or have been.

    index: their places in their data set. files: names of image files. predicted: takes positions in ascending
    order and yields, some images at a time, each repeat's probabilities.
    """

    index: Sequence[int]
    files: Sequence[str] | None
    predicted: Callable[[np.ndarray], Iterator[list[np.ndarray]]]
    notes: tuple[str, ...]
    notes_of_reading: Callable[[], tuple[str, ...]] = tuple


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
    tta, views = trained.views(request.tta)
    like = None if request.like is None else expanded(request.like)
    layout = layout_of(request.format, like, request.with_probabilities, trained.class_names)
    images = _stored(request, trained, repeats, tta) or _opened(request, trained, repeats, views)
    table = table_of(layout, images.index, images.files)
    counts = _write(paths, trained.class_names, table, images, progress)
    written = [
        Written(path, tuple(repeat.k for repeat in group), len(table.positions), count)
        for path, group, count in zip(paths, groups, counts, strict=True)
    ]
    notes = (*images.notes, *table.notes, *images.notes_of_reading())
    return Predicted(request.run, tuple(written), tta, notes, trained.positive_class)


def output_paths(output: Path, repeats: Sequence[int] | None) -> list[Path]:
    """The files to write: `output`, or one for each repeat: submission.csv becomes submission-repeat0.csv."""
    output = expanded(output)
    if not output.name:
        raise ConfigError(f"--output {output} names no file: name a CSV file, such as predictions.csv.")
    if repeats is None:
        return [output]
    return [output.with_name(f"{output.stem}-repeat{k}{output.suffix}") for k in repeats]


def _opened(
    request: PredictionRequest, trained: TrainedRun, repeats: Sequence[RepeatResult], views: Views
) -> Images:
    """Images that go through the networks when they are asked for."""
    opened, index, notes = _input(request, trained, repeats)

    def predicted(positions: np.ndarray) -> Iterator[list[np.ndarray]]:
        prepare_framework()
        forwards = [open_forward(trained, repeat, views) for repeat in repeats]
        for batch in _batches(opened.images, positions, request.batch_size):
            yield [averaged(forward, batch, views) for forward in forwards]

    return Images(index, opened.names, predicted, notes, opened.notes_of_reading)


def _batches(images: Any, positions: np.ndarray, size: int) -> Iterator[np.ndarray]:
    """The images at `positions`, `size` at a time."""
    if isinstance(images, StoredImages):
        yield from batches(images.take(positions), size)
    else:
        yield from (images[positions[start : start + size]] for start in range(0, len(positions), size))


def _input(
    request: PredictionRequest, trained: TrainedRun, repeats: Sequence[RepeatResult]
) -> tuple[Input, Sequence[int], tuple[str, ...]]:
    """The images, their places, and notes."""
    if request.split is None:
        expected = Expected.of_run(trained.run.config, trained.image_shape)
        images = open_input([expanded(path) for path in request.inputs], expected)
        return images, range(len(images.images)), images.notes
    data = recorded_data(trained.run, request.data_dir, request.split)
    if data.drawn() and len(repeats) > 1:
        raise RunError(_own_images(request.split))
    (part,) = data.parts(repeats[0])
    names = None if part.names is None else part.names.tolist()
    return Input(part.images, names), part.indices.tolist(), (*data.notes, *_limited(trained))


def _limited(trained: TrainedRun) -> tuple[str, ...]:
    """A note where the run took only some images of each split: its ids leave others out."""
    limit = trained.run.setting("data", "limit_per_split")
    if limit is None:
        return ()
    return (
        f"The run took at most {counted(limit, 'image')} of each split; an id is the image's place in the whole split.",
    )


def _stored(
    request: PredictionRequest, trained: TrainedRun, repeats: Sequence[RepeatResult], tta: str
) -> Images | None:
    """The predictions that training has stored, where they were averaged over the views that are wanted."""
    if request.split is None:
        return None
    found = [stored_predictions(repeat, request.split) for repeat in repeats if stored_tta(repeat) == tta]
    usable = [predictions for predictions in found if predictions is not None]
    if len(usable) < len(repeats):
        return None
    if not same_images(usable):
        raise RunError(_own_images(request.split))
    order = np.argsort(usable[0].index, kind="stable")
    names = usable[0].names

    def predicted(positions: np.ndarray) -> Iterator[list[np.ndarray]]:
        yield [one.probabilities[order][positions] for one in usable]

    files = None if names is None else names[order].tolist()
    return Images(usable[0].index[order].tolist(), files, predicted, _limited(trained))


def _own_images(split: str) -> str:
    return (
        f"Each repeat drew {split} images of its own, so that there is no mean over repeats and no list of images "
        "that all share: choose one with --repeat K."
    )


def _write(
    paths: Sequence[Path], class_names: Sequence[str], table: CsvTable, images: Images, progress: Progress
) -> list[dict[str, int]]:
    """Write the table into each path, of a repeat's probabilities or of their mean; how many rows each class has."""
    done, total = 0, len(table.positions)
    with submissions(paths, table.columns, class_names) as files:
        for predicted in _in_order(images.predicted, table.positions):
            means = [mean(predicted)] if len(files) == 1 else predicted
            rows = slice(done, done + len(means[0]))
            positions = table.positions[rows].tolist()
            index = [images.index[position] for position in positions]
            names = images.files and [images.files[position] for position in positions]
            for file, probabilities in zip(files, means, strict=True):
                file.write(Rows(index, table.ids[rows], names, probabilities))
            done = rows.stop
            progress((done, total))
    return [dict(zip(class_names, file.counts.tolist(), strict=True)) for file in files]


def _in_order(
    predicted: Callable[[np.ndarray], Iterator[list[np.ndarray]]], positions: np.ndarray
) -> Iterator[list[np.ndarray]]:
    """Each repeat's probabilities, in the order of `positions`; images are read in the order in which they lie."""
    ascending = np.sort(positions)
    if np.array_equal(ascending, positions):
        yield from predicted(ascending)
    else:
        each = [np.concatenate(blocks) for blocks in zip(*predicted(ascending), strict=True)]
        yield [probabilities[np.searchsorted(ascending, positions)] for probabilities in each]
