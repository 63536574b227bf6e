"""``cnnlab verify``."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from cnnlab import api
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
from cnnlab.cli.progress import print_event
from cnnlab.cli.signals import stop_on_sigterm
from cnnlab.errors import ConfigError, DifferenceFound
from cnnlab.report.builders.verification import (
    difference_sentence,
    part_section,
    verdict,
    verification_to_json,
)
from cnnlab.report.render.terminal import print_answer, print_body, print_paths
from cnnlab.runs.folder import RunFolder


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
            metavar="FILE|RUN",
            help="A trained model instead of training one: a .keras file, or a run, whose extensions are run.",
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
        bool,
        typer.Option("--smoke", help="A short test run: some cases of each layer, 2 epochs, few images."),
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
    stop_on_sigterm()
    screen, progress = console(quiet=quiet), console(quiet=quiet, stderr=True)
    found = api.verify(
        config,
        overrides=with_backend(overrides, backend),
        dataset=dataset,
        bundled=bundled,
        dtype=dtype,
        forward_only=forward_only,
        layers=layer or (),
        weights=weights,
        skip_training=skip_training,
        seed=seed,
        smoke=smoke,
        data_dir=data_dir,
        runs_dir=runs_dir,
        argv=tuple(sys.argv),
        show=lambda name, part: print_body(part_section(part, cases=verbose), screen),
        listen=lambda event: print_event(event, progress),
        own_process=False,
    )
    screen.print()
    print_answer(verdict(found.verdicts), screen)
    print_paths([found.run.path, *sorted(RunFolder(found.run.path).plots_path.glob("*.png"))], screen)
    if as_json:
        print_json(verification_to_json(found.verdicts) | {"run": found.run.path})
    if not found.passed:
        raise DifferenceFound(
            f"verify found a difference: {difference_sentence(found.verdicts)}. See "
            f"{RunFolder(found.run.path).verify_path}."
        )
