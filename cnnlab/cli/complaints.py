"""Errors on stderr, safe for terminals."""

import typer


def complain(message: str) -> None:
    """Print an error to stderr; what a file name or a file's content could do to a terminal is taken out."""
    typer.echo("cnnlab: " + "\n".join(map(harmless, message.splitlines())), err=True)


def harmless(text: str) -> str:
    """One line of text without characters that steer a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
