"""Errors on stderr, safe for terminals."""

import typer

from cnnlab.errors import printable_lines


def complain(message: str) -> None:
    """Print an error to stderr; what a file name or a file's content could do to a terminal is taken out."""
    typer.echo("cnnlab: " + printable_lines(message), err=True)
