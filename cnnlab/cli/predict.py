"""``cnnlab predict``."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cnnlab.cli.options import Backend, DataDir, Force, Json, OneRun, Quiet, RunsDir, Tta, console, print_json
from cnnlab.cli.signals import stop_on_sigterm
from cnnlab.errors import ConfigError

if TYPE_CHECKING:
    from rich.console import Console


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
            help="Images: FILE.h5 (key x), FILE.npy, FILE.npz (key x), a folder of PNG or JPEG files, or such files.",
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
    with_probabilities: Annotated[
        bool,
        typer.Option(
            "--probabilities", help="One more column for each class and, of image files, their name."
        ),
    ] = False,
    force: Force = False,
    batch_size: Annotated[
        int, typer.Option("--batch-size", metavar="N", min=1, max=100_000, help="Images at a time.")
    ] = 200,
    backend: Backend = None,
    data_dir: DataDir = None,
    runs_dir: RunsDir = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Predict classes with a finished run's networks, as CSV.

    Example: cnnlab predict latest --input test_x.h5 --output submission.csv

    The columns are id,class. Rows come in the order of the file, ids count from 0; of a folder, in the order
    of the names, 2.png before 10.png. The class is its number, the most probable one. Images are bytes from 0
    to 255, as they were for training: the network scales them itself. They are read as they are needed, so
    there may be more than fit into memory. A run's extensions are Python code, and are run.

    With --split test, what training has stored is written, and no image is read.
    """
    from cnnlab.backends import choose
    from cnnlab.predict.predictions import Request
    from cnnlab.predict.predictions import predict as predict_images
    from cnnlab.runs.find import find_run, runs_directory

    given = [*(inputs or []), *(more or [])]
    if output is None:
        raise ConfigError("--output FILE is missing: where shall the predictions go?")
    if (split is None) == (not given):
        raise ConfigError("Name the images with either --input or --split.")
    if more and not inputs:
        raise ConfigError(f"'{more[0]}' is not expected here: put --input before the first image.")
    request = Request(
        run=find_run(run, runs_directory(runs_dir)),
        output=output,
        inputs=given,
        split=split,
        repeat=repeat,
        tta=tta,
        with_probabilities=with_probabilities,
        force=force,
        batch_size=batch_size,
        data_dir=data_dir,
    )
    stop_on_sigterm()
    choose(backend or "tensorflow")
    with _bar(console(quiet=quiet, stderr=True)) as tell:
        outcome = predict_images(request, tell)
    screen = console(quiet=quiet)
    for file in outcome.files:
        screen.print(_sentence(file, outcome.tta), soft_wrap=True, markup=False)
    for note in outcome.notes:
        console(quiet=quiet, stderr=True).print(f"note: {note}", soft_wrap=True, markup=False)
    if as_json:
        print_json(
            {
                "run": request.run.resolve(),
                "tta": outcome.tta,
                "files": [asdict(file) for file in outcome.files],
                "notes": outcome.notes,
            }
        )


def _sentence(file: Any, tta: str) -> str:
    from cnnlab.report.numbers import counted, listed

    several = len(file.repeats) > 1
    who = f"mean of repeats {listed(file.repeats)}" if several else f"repeat {file.repeats[0]}"
    how = "" if tta == "none" else f", views: {tta}"
    shown = [f"{count:,} {name} ({k})" for k, (name, count) in enumerate(file.counts.items())]
    classes = f": {', '.join(shown)}" if len(shown) <= 12 else ""
    return f"{file.path}: {counted(file.rows, 'row')}, {who}{how}{classes}"


@contextlib.contextmanager
def _bar(screen: "Console") -> Iterator[Callable[[int, int], None]]:
    """Show how far it has come, in a terminal."""
    if not screen.is_terminal or screen.quiet:
        yield lambda done, total: None
        return
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("images"), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("images", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
