"""``cnnlab predict``."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cnnlab import api
from cnnlab.cli.options import Backend, DataDir, Force, Json, OneRun, Quiet, RunsDir, Tta, console, print_json
from cnnlab.cli.signals import stop_on_sigterm
from cnnlab.datasets.pictures.picture import ANY_FORMAT
from cnnlab.errors import ConfigError, counted
from cnnlab.predict import BATCH_SIZE
from cnnlab.report.numbers import listed

if TYPE_CHECKING:
    from cnnlab.predict.predictions import Predicted, Written


def predict(
    run: OneRun,
    more: Annotated[
        list[Path] | None,
        typer.Argument(metavar="IMAGE", help="More image files, after the first of --input."),
    ] = None,
    inputs: Annotated[
        list[Path] | None,
        typer.Option(
            "--input",
            "-i",
            metavar="PATH",
            help=f"Images: FILE.h5, FILE.npy, FILE.npz (key x), a folder of {ANY_FORMAT} files, or such files.",
        ),
    ] = None,
    split: Annotated[
        Literal["validation", "test"] | None,
        typer.Option(
            "--split", help="In place of --input: the run's own images, such as its hidden test set."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The CSV file to write; required.")
    ] = None,
    repeat: Annotated[
        str,
        typer.Option(
            "--repeat",
            metavar="K|ensemble|all",
            help="One repeat, the mean of all repeats' probabilities, or one file for each: FILE-repeat0.csv, ...",
        ),
    ] = "ensemble",
    tta: Tta = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="COLUMNS",
            help="Columns, NAME or HEADER=NAME each, of id, file, index, class, label, probability, p_CLASS: see "
            "above.",
        ),
    ] = None,
    like: Annotated[
        Path | None,
        typer.Option(
            "--like",
            metavar="FILE.csv",
            help="A page's sample submission: its header, and its rows in their order.",
        ),
    ] = None,
    with_probabilities: Annotated[
        bool,
        typer.Option("--probabilities", help="One more column for each class: its probability."),
    ] = False,
    force: Force = False,
    batch_size: Annotated[
        int, typer.Option("--batch-size", metavar="N", min=1, max=100_000, help="Images at a time.")
    ] = BATCH_SIZE,
    backend: Backend = None,
    data_dir: DataDir = None,
    runs_dir: RunsDir = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Predict classes with a finished run's networks, as CSV.

    Example: cnnlab predict latest --input test_x.h5 --output submission.csv

    The columns are id,class and, of image files, file: their names. Rows come in the order of the file, ids
    count from 0; of a folder, in the order of the names, 2.png before 10.png, as for training; of single image
    files, in the order given. The class is its number, the most probable one. Images are bytes from 0
    to 255, as they were for training: the network scales them itself. They are read as they are needed, so
    there may be more than fit into memory. A run's extensions are Python code, and are run.

    --format says which columns there are: id (the name of an image file without its extension; else the index),
    file, index (from 0), class (number), label (name of the class), probability (of the positive one of two classes),
    p_CLASS (of any). HEADER=NAME puts another header above: Kaggle's Histopathologic Cancer Detection takes
    --format id,label=probability. --like takes header and rows from a sample submission, says what it puts into its
    columns, and which of its ids have no image; --format then says what the columns hold.

    With --split test, what training has stored is written, and no image is read.
    """
    if output is None:
        raise ConfigError("--output FILE is missing: where shall the predictions go?")
    if more and not inputs:
        raise ConfigError(f"'{more[0]}' is not expected here: put --input before the first image.")
    stop_on_sigterm()
    with _bar(console(quiet=quiet, stderr=True)) as progress:
        outcome = api.predict(
            run,
            output,
            inputs=[*(inputs or []), *(more or [])],
            split=split,
            repeat=repeat,
            tta=tta,
            format=form,
            like=like,
            probabilities=with_probabilities,
            force=force,
            batch_size=batch_size,
            backend=backend or "tensorflow",
            data_dir=data_dir,
            runs_dir=runs_dir,
            progress=progress,
            own_process=False,
        )
    screen = console(quiet=quiet)
    for file in outcome.files:
        screen.print(_sentence(file, outcome), soft_wrap=True, markup=False)
    for note in outcome.notes:
        console(quiet=quiet, stderr=True).print(f"note: {note}", soft_wrap=True, markup=False)
    if as_json:
        print_json(
            {
                "run": outcome.run.resolve(),
                "tta": outcome.tta,
                "positive_class": outcome.positive_class,
                "files": [asdict(file) for file in outcome.files],
                "notes": outcome.notes,
            }
        )


def _sentence(file: "Written", outcome: "Predicted") -> str:
    several = len(file.repeats) > 1
    who = f"mean of repeats {listed(file.repeats)}" if several else f"repeat {file.repeats[0]}"
    how = "" if outcome.tta == "none" else f", views: {outcome.tta}"
    return (
        f"{file.path}: {counted(file.rows, 'row')}, {who}{how}{_classes(file.counts, outcome.positive_class)}"
    )


def _classes(counts: dict[str, int], positive: str | None) -> str:
    """How many rows each class has; then the classes' names where they are not their numbers, and the positive one."""
    if len(counts) > 12:
        return ""
    known = []
    for k, name in enumerate(counts):
        words = [f"'{name}'"] if name != str(k) else []
        words += ["the positive class"] if name == positive else []
        known += [f"{k} is {', '.join(words)}"] if words else []
    each = ", ".join(f"class {k}: {count:,}" for k, count in enumerate(counts.values()))
    return f": {each} ({'; '.join(known)})" if known else f": {each}"


@contextlib.contextmanager
def _bar(screen: Console) -> Iterator[Callable[[tuple[int, int]], None]]:
    """Show how far it has come, in a terminal; yields what takes pairs of the images done and all there are."""
    if not screen.is_terminal or screen.quiet:
        yield lambda images: None
        return
    columns = (TextColumn("images"), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("images", total=None)
        yield lambda images: bar.update(task, completed=images[0], total=images[1])
