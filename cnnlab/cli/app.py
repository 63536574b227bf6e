"""The command line: what stands before every command, and what becomes of errors."""

import sys
from typing import Annotated

import typer

from cnnlab.cli.commands import LazyCommands, new_app
from cnnlab.cli.complaints import complain
from cnnlab.cli.hints import usage_hint
from cnnlab.errors import EXIT_INTERRUPTED, EXIT_USAGE, CnnlabError
from cnnlab.streams import lasting_streams
from cnnlab.version import __version__

EPILOG = (
    "First steps: cnnlab config copy quickstart, cnnlab train --config quickstart.yaml, cnnlab report.\n\n"
    "Exit codes: 0 ok, 1 internal error, 2 usage or config, 3 verification found a difference, 4 some repeats "
    "failed, 5 data missing or damaged, 130 interrupted with the state saved."
)

app = new_app(
    name="cnnlab",
    cls=LazyCommands,
    epilog=EPILOG,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cnnlab {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Small, controlled CNN experiments on images: one YAML file in, one run folder out."""


def main() -> None:
    """Run the command line; the only place where errors become messages and exit codes."""
    with lasting_streams() as refused:
        code = _run()
    if refused:
        complain(f"standard output: {refused[0].strerror}.")
    sys.exit(code or (EXIT_USAGE if refused else 0))


def _run() -> int:
    """Run the command line; returns the exit code."""
    try:
        code = app(standalone_mode=False)
    except CnnlabError as error:
        complain(str(error))
        code = error.exit_code
    except KeyboardInterrupt:
        typer.echo("cnnlab: interrupted.", err=True)
        code = EXIT_INTERRUPTED
    except OSError as error:  # a path or a disk that the system refuses: no bug, whoever met it first
        if error.errno is None:
            raise
        place = f"{error.filename}: " if error.filename is not None else ""
        complain(f"{place}{error.strerror or error}.")
        code = EXIT_USAGE
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        error.show()  # type: ignore[attr-defined]  # a usage error of the option parser
        if hint := usage_hint(error, sys.argv[1:]):
            complain(hint)
        code = error.exit_code  # type: ignore[attr-defined]
    return code if isinstance(code, int) else 0
