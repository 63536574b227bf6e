"""Plain sentences and errors, safe for terminals."""

import typer

from cnnlab.errors import printable_lines


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print a plain sentence; what a file name or a file's content could do to a terminal is taken out."""
    typer.echo(printable_lines(text), err=err, nl=nl)


def complain(message: str) -> None:
    """Print an error to stderr."""
    say(f"cnnlab: {message}", err=True)
