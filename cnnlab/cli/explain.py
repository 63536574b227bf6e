"""``cnnlab explain``."""

from typing import Annotated, Literal

import typer

from cnnlab import api
from cnnlab.cli.options import Backend, DataDir, Json, OneRun, Quiet, RunsDir, console, print_json
from cnnlab.predict import EXPLAINED_IMAGES
from cnnlab.report.builders.explanation import explanation_section
from cnnlab.report.render.terminal import print_section


def explain(
    run: OneRun = "latest",
    repeat: Annotated[
        int | None,
        typer.Option("--repeat", min=0, metavar="K", help="Which repeat. Default: the first finished one."),
    ] = None,
    split: Annotated[
        Literal["validation", "test"] | None,
        typer.Option(
            "--split", help="Which images. Default: test where its labels are known, else validation."
        ),
    ] = None,
    images: Annotated[
        int, typer.Option("--images", min=1, max=100, metavar="N", help="So many hits, and so many mistakes.")
    ] = EXPLAINED_IMAGES,
    center: Annotated[
        int | None,
        typer.Option(
            "--center",
            min=1,
            metavar="PIXELS",
            help="Side of the central square that should decide. Default: 32 for PatchCamelyon, 20 for MNIST.",
        ),
    ] = None,
    backend: Backend = None,
    data_dir: DataDir = None,
    runs_dir: RunsDir = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Map what a network's surest hits and mistakes rest on.

    Example: cnnlab explain latest --images 2

    Grad-CAM and occlusion maps of one repeat, and beside each the same map of a
    network with random weights: where the two look alike, the map says nothing
    about what was learned, and a rank correlation measures that. Written into
    the repeat's folder as explanation.json and explanation.npz; 'cnnlab report
    RUN --output DIR' shows them. The run's extensions are Python code, and are
    run.
    """
    progress = console(quiet=quiet, stderr=True)
    found = api.explain(
        run,
        repeat=repeat,
        split=split,
        images=images,
        center=center,
        backend=backend or "tensorflow",
        data_dir=data_dir,
        runs_dir=runs_dir,
        say=lambda text: progress.print(text, markup=False),
        own_process=False,
    )
    print_section(explanation_section(found.name, found.explanation, found.files), console(quiet=quiet))
    if as_json:
        print_json({"run": found.run.resolve(), "files": found.files, "explanation": found.explanation})
