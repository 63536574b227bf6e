"""Options and outputs that several commands share."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from cnnlab.errors import ConfigError, printable_lines
from cnnlab.files import to_json_text

CONFIG: Any = typer.Option(
    "--config", "-c", metavar="FILE", help="The YAML file of the experiment. Its extensions are run."
)
ConfigFile = Annotated[Path, CONFIG]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a value of the config; repeatable. List items by number: model.0.conv_block.filters=16.",
    ),
]
Backend = Annotated[
    Literal["tensorflow", "torch", "jax"] | None,
    typer.Option(
        "--backend", help="What Keras computes with. Default: training.backend of the config, or tensorflow."
    ),
]
Smoke = Annotated[bool, typer.Option("--smoke", help="A short test run: 2 repeats, 2 epochs, few images.")]
Bundled = Annotated[
    bool,
    typer.Option(
        "--bundled", help="Use the data that come with cnnlab in place of those that the config names."
    ),
]
DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir", metavar="DIR", help="Where data files lie. Default: $CNNLAB_DATA, else the user cache."
    ),
]
RunsDir = Annotated[
    Path | None,
    typer.Option(
        "--runs-dir", metavar="DIR", help="Where run folders lie. Default: $CNNLAB_RUNS, else ./runs."
    ),
]
RUN = "A run folder, a run's name or a part of one that no other has, or latest."
OneRun = Annotated[
    str,
    typer.Argument(metavar="RUN", help=RUN),
]
Tta = Annotated[
    str | None,
    typer.Option(
        "--tta",
        metavar="none|flips|d4",
        help="Views of each image whose probabilities are averaged. Default: as the run's config says.",
    ),
]
Jobs = Annotated[str, typer.Option("--jobs", "-j", metavar="N|auto", help="Repeats side by side.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object as the last line on stdout.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print nothing but errors, and what --json asks for.")
]


class Screen(Console):
    """A rich console for which text, with whatever names of files are in it, is harmless to a terminal."""

    def print(self, *objects: Any, **settings: Any) -> None:
        """Print tables and text; control characters and escape sequences are taken out of text."""
        super().print(
            *(printable_lines(each) if isinstance(each, str) else each for each in objects), **settings
        )


def console(*, quiet: bool = False, stderr: bool = False) -> Console:
    """A rich console for tables and text: 80 columns where the output is not a terminal."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else 80
    return Screen(stderr=stderr, quiet=quiet, width=width, highlight=False, soft_wrap=False)


def print_json(content: Any) -> None:
    """Print `content` as one line of strict JSON."""
    typer.echo(to_json_text(content))


def plain_json(content: Any) -> str:
    """JSON for files and pages that people read."""
    return json.dumps(content, indent=2, ensure_ascii=False)


def jobs_of(text: str) -> int | Literal["auto"]:
    """The value of --jobs."""
    if text == "auto":
        return "auto"
    if text.isdecimal() and len(text) < 10 and int(text) > 0:
        return int(text)
    raise ConfigError(f"--jobs expects a number of at least 1, or auto, got '{text}'.")


def with_backend(overrides: list[str] | None, backend: str | None) -> tuple[str, ...]:
    """The values of --set, and after them that of --backend."""
    chosen = () if backend is None else (f"training.backend={backend}",)
    return (*(overrides or ()), *chosen)
