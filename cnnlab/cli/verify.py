"""``cnnlab verify``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

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

JUDGING = "Judging somebody's own cnn.py"


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
        list[Path] | None,
        typer.Option(
            "--implementation",
            metavar="PATH",
            help="Somebody's own cnn.py, or a folder with such files in it; repeatable, and more may follow.",
            rich_help_panel=JUDGING,
        ),
    ] = None,
    more: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="More files or folders to judge, as with --implementation.",
            rich_help_panel=JUDGING,
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Robust checks count too.", rich_help_panel=JUDGING)
    ] = False,
    against: Annotated[
        Literal["numpy", "keras"],
        typer.Option(
            "--against",
            help="The reference: our NumPy network, or Keras itself (slower).",
            rich_help_panel=JUDGING,
        ),
    ] = "numpy",
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar="FILE", help="Write one row for each judged file.", rich_help_panel=JUDGING
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="FILE",
            help="Write the verdict as a page to send back.",
            rich_help_panel=JUDGING,
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(
            "--template",
            metavar="FILE",
            help="Write an empty skeleton of a cnn.py.",
            rich_help_panel=JUDGING,
        ),
    ] = None,
    time_limit: Annotated[
        float,
        typer.Option(
            "--time-limit",
            metavar="SECONDS",
            min=1,
            help="Processor time that one check may take.",
            rich_help_panel=JUDGING,
        ),
    ] = 10.0,
) -> None:
    """Show that the CNN written in NumPy computes the same as Keras: layers, a network, whole data sets.

    Example: cnnlab verify --dataset mnist

    With --implementation it judges somebody's own cnn.py instead, and says what is wrong with it; a run folder is
    then written only if --runs-dir is given. Example: cnnlab verify --implementation submissions/*/cnn.py --csv
    grades.csv

    Exit code 3 when any difference is larger than rounding explains.
    """
    if implementation or template is not None:
        from cnnlab.cli.verify_implementation import judge_files

        judge_files(
            [*(implementation or []), *(more or [])],
            strict=strict,
            against=against,
            csv=csv,
            html=html,
            template=template,
            as_json=as_json,
            quiet=quiet,
            runs_dir=runs_dir,
            seed=seed or 0,
            time_limit=time_limit,
        )
        return
    if more:
        raise ConfigError(
            f"'{more[0]}' is not expected here: to judge a file, put --implementation before it."
        )
    from cnnlab.config.load import Options
    from cnnlab.runs.find import runs_directory
    from cnnlab.verify.kinds import chosen_kinds
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
        from cnnlab.report.formats.plain import verify_to_json

        print_json(verify_to_json(result.result) | {"run": str(result.folder.path.resolve())})
    _judge(result)


def _verify(request: Any, out: "Console", verbose: bool) -> Any:
    """Run the parts, print each as it ends, and draw the plots."""
    from cnnlab.cli.progress import Lines
    from cnnlab.report.figures.verify_plots import write_verify_plots
    from cnnlab.report.terminal.render import print_paths
    from cnnlab.report.verification.tables import part_tables
    from cnnlab.report.verification.verdict import verdict_text
    from cnnlab.verify.plan import plan_verify
    from cnnlab.verify.run import verify

    progress = console(quiet=out.quiet, stderr=True)
    plan = plan_verify(request)
    outcome = verify(
        plan,
        lambda name, part: out.print(part_tables(name, part, verbose=verbose), ""),
        Lines(plan, progress).hear,
    )
    plots = write_verify_plots(outcome.folder.path)
    out.print(verdict_text(outcome.result))
    print_paths([outcome.folder.path], plots, out)
    return outcome


def _judge(outcome: Any) -> None:
    """Raise what the exit code is to say."""
    if not outcome.result["passed"]:
        from cnnlab.report.verification.verdict import difference_sentence

        raise DifferenceFound(
            f"verify found a difference: {difference_sentence(outcome.result)}. See {outcome.folder.verify_path}."
        )
