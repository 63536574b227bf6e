"""``cnnlab verify``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cnnlab.cli.hints import MOVED
from cnnlab.cli.options import (
    Backend,
    Bundled,
    DataDir,
    Json,
    Overrides,
    Quiet,
    RunsDir,
    console,
    print_json,
    with_backend,
)
from cnnlab.cli.signals import stop_on_sigterm
from cnnlab.errors import ConfigError, DifferenceFound

if TYPE_CHECKING:
    from rich.console import Console


def _judge_instead(value: list[str] | None) -> None:
    if value:
        raise ConfigError(MOVED)


def verify(
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            metavar="FILE",
            help="The YAML file of the network. Default: the shipped configs/verify.yaml, the lab's network.",
        ),
    ] = None,
    overrides: Overrides = None,
    backend: Backend = None,
    dataset: Annotated[
        str | None,
        typer.Option(
            "--dataset", metavar="NAME", help="The data set, such as mnist; as --set data.dataset=NAME."
        ),
    ] = None,
    bundled: Bundled = False,
    dtype: Annotated[
        Literal["float64", "float32"] | None,
        typer.Option(
            "--dtype",
            help="Of layers and network: float64, or on torch and jax float32; trained networks run in float32.",
        ),
    ] = None,
    forward_only: Annotated[bool, typer.Option("--forward-only", help="Leave the gradients out.")] = False,
    layer: Annotated[
        list[str] | None,
        typer.Option("--layer", metavar="KIND", help="Only this layer kind, such as conv2d; repeatable."),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            "--weights",
            metavar="PATH",
            help="A trained model, .keras or a run folder, instead of training one. A folder's extensions are run.",
        ),
    ] = None,
    skip_training: Annotated[
        bool, typer.Option("--skip-training", help="Leave out the part on trained weights and whole data.")
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="N", help="The seed of random weights, inputs and training."),
    ] = None,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="A trial: some cases of each layer, 2 epochs, few images.")
    ] = False,
    data_dir: DataDir = None,
    runs_dir: RunsDir = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Print every case of every layer.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
    implementation: Annotated[
        list[str] | None, typer.Option("--implementation", callback=_judge_instead, hidden=True)
    ] = None,
) -> None:
    """Show that the CNN written in NumPy computes the same as Keras.

    Example: cnnlab verify --dataset mnist

    Layers are compared, a network, and whole data sets.

    Exit code 3 when any difference is larger than rounding explains.
    """
    from cnnlab.config.load import Options
    from cnnlab.runs.find import runs_directory
    from cnnlab.verify.cases import chosen_kinds
    from cnnlab.verify.request import make_request

    stop_on_sigterm()
    changes = (*([f"data.dataset={dataset}"] if dataset else []), *with_backend(overrides, backend))
    request = make_request(
        config,
        Options(bundled, smoke, changes, seed=seed),
        weights=weights,
        kinds=chosen_kinds(layer or ()),
        runs_dir=runs_directory(runs_dir),
        data_dir=data_dir,
        dtype=dtype,
        forward_only=forward_only,
        skip_training=skip_training,
        argv=tuple(sys.argv),
    )
    result = _verify(request, console(quiet=quiet), verbose)
    if as_json:
        from cnnlab.report.build.verification import verification_to_json

        print_json(verification_to_json(result.result) | {"run": str(result.folder.path.resolve())})
    _judge(result)


def _verify(request: Any, out: "Console", verbose: bool) -> Any:
    """Run the parts, print each as it ends, and draw the plots."""
    from cnnlab.cli.progress import Lines
    from cnnlab.report.build.verification import part_section, verdict
    from cnnlab.report.figures.plots import write_verify_plots
    from cnnlab.report.render.terminal import print_answer, print_body, print_paths
    from cnnlab.verify.run import verify

    progress = console(quiet=out.quiet, stderr=True)
    outcome = verify(
        request,
        lambda name, part: print_body(part_section(part, cases=verbose), out),
        Lines(request, progress).hear,
    )
    plots = write_verify_plots(outcome.folder.path)
    out.print()
    print_answer(verdict(outcome.result), out)
    print_paths([outcome.folder.path, *plots], out)
    return outcome


def _judge(outcome: Any) -> None:
    """Raise what the exit code is to say."""
    if not outcome.result.passed:
        from cnnlab.report.build.verification import difference_sentence

        where = difference_sentence(outcome.result)
        raise DifferenceFound(f"verify found a difference: {where}. See {outcome.folder.verify_path}.")
