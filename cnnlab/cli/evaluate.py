"""``cnnlab evaluate``."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cnnlab import api
from cnnlab.cli.options import Backend, DataDir, Force, Json, OneRun, Quiet, RunsDir, Tta, console, print_json
from cnnlab.files import write_json
from cnnlab.predict.export import evaluation_to_json
from cnnlab.predict.submission import require_free
from cnnlab.predict.table import evaluation_section
from cnnlab.report.render.terminal import print_section


def evaluate(
    run: OneRun = "latest",
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="SOURCE",
            help="Labelled images outside of the run, in place of its own: a folder, or a file such as FILE.npz.",
        ),
    ] = None,
    split: Annotated[
        Literal["train", "validation", "test"] | None,
        typer.Option(
            "--split",
            help="Which images to measure on. Default: test; of SOURCE its labelled test part, else all.",
        ),
    ] = None,
    tta: Tta = None,
    repeat: Annotated[
        str,
        typer.Option(
            "--repeat",
            metavar="K|ensemble|all",
            help="One repeat, the mean of all repeats' probabilities, or each repeat and that mean.",
        ),
    ] = "all",
    backend: Backend = None,
    data_dir: DataDir = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write what --json prints into this file."),
    ] = None,
    force: Force = False,
    runs_dir: RunsDir = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Measure a finished run once more, on any split or on other images.

    Example: cnnlab evaluate latest --split validation --tta flips

    --data SOURCE measures on labelled images from outside of the run: class folders, images with a table of labels,
    or arrays, found by looking as for training. Their classes are the run's, by name, some of which may be absent;
    sizes are as the network takes them; thresholds stay those that validation chose.

    Also over other views of each image, and as an ensemble. The data are loaded as recorded; where they have
    changed since, a note says so, and images that were drawn from them are refused. The run folder stays as
    it is. Its extensions are Python code, and are run.
    """
    if output is not None:
        require_free([output], force)
    progress = console(quiet=quiet, stderr=True)
    found = api.evaluate(
        run,
        split=split,
        data=data,
        repeat=repeat,
        tta=tta,
        backend=backend or "tensorflow",
        data_dir=data_dir,
        runs_dir=runs_dir,
        say=lambda text: progress.print(text, markup=False),
        own_process=False,
    )
    print_section(evaluation_section(found), console(quiet=quiet))
    content = evaluation_to_json(found)
    if output is not None:
        write_json(output, content)
    if as_json:
        print_json(content)
