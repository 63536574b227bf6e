"""Writing the plots of a run or a verification into its folder."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnlab.errors import RunError
from cnnlab.files import make_folder
from cnnlab.report.classes import class_names
from cnnlab.report.collect import collect_runs
from cnnlab.report.document import Figure
from cnnlab.report.figures.augmentation import write_augmentation
from cnnlab.report.figures.catalog import SAVED, run_figures, verification_figures
from cnnlab.report.figures.mistakes import mistakes
from cnnlab.report.figures.style import save
from cnnlab.report.predictions import measured_split
from cnnlab.report.titles import subtitle
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.read import Run, load_run

if TYPE_CHECKING:
    import numpy as np


def illustrate(
    path: Path, preview: dict[str, Any], images: "Callable[[], dict[str, np.ndarray]]"
) -> RunError | None:
    """Write every picture of the run at `path`, which has just ended: augmentation.png, plots/*.png, mistakes.png.

    preview: see `write_augmentation`; may be empty. images: see `write_plots`. Returns what the disk refused, if
    anything, rather than raise it: a full disk costs pictures, not the results of hours.
    """
    try:
        if preview:
            write_augmentation(path, preview)
        write_plots(path, images())
    except RunError as error:
        return error
    return None


def write_plots(path: str | Path, images: "dict[str, np.ndarray] | None" = None) -> list[Path]:
    """Write plots/*.png of the run folder at `path`, the figures in `SAVED`; returns what was written.

    images: by split ("test", "validation"), uint8 of shape (n, height, width, channels), which the `index` of
    predictions.npz points into; with them each repeat gets its mistakes.png. A plot that has nothing to show
    is left out. Raises RunError when there is no such folder or the disk refuses.
    """
    run = load_run(path)
    saved = [figure for figure in run_figures(collect_runs([run])) if figure.name in SAVED]
    return _write_all(run, saved) + _write_mistakes(run, images or {})


def write_verify_plots(path: str | Path) -> list[Path]:
    """Write the plots of the verify run at `path` and return their paths; none without a readable arrays.npz.

    Raises RunError when the disk refuses.
    """
    run = load_run(path)
    return _write_all(run, verification_figures(run))


def _write_all(run: Run, figures: Iterable[Figure]) -> list[Path]:
    folder, written = RunFolder(run.path), []
    for figure in figures:
        drawing = figure.draw() if figure.draw is not None else None
        if drawing is not None:
            make_folder(folder.plots_path)
            save(drawing, folder.plots_path / f"{figure.name}.png")
            written.append(folder.plots_path / f"{figure.name}.png")
    return written


def _write_mistakes(run: Run, images: "dict[str, np.ndarray]") -> list[Path]:
    folder, written = RunFolder(run.path), []
    for repeat in run.done:
        files = folder.repeat(repeat.k)
        predictions = measured_split(files.predictions_path)
        if predictions is None or predictions.split not in images:
            continue
        names = class_names(run, predictions.num_classes)
        about = subtitle(run, f"repeat {repeat.k}, the surest first")
        figure = mistakes(predictions, images[predictions.split], names, run.name, about)
        save(figure, files.mistakes_path)
        written.append(files.mistakes_path)
    return written
