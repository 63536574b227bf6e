"""Write docs/commands.md: the help text of every command, as it is printed at 80 columns.

    python docs/make_commands.py

A test compares the file with what this program makes, so that it stays true.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from typer.testing import CliRunner

from cnnlab.cli.app import app
from cnnlab.cli.commands import COMMANDS, load

TARGET = Path(__file__).with_name("commands.md")
HEADER = """\
# Commands

Every command's help text, made by `python docs/make_commands.py`. Each command takes `--json`: the last line on
stdout is then one JSON object.
"""


def commands() -> Iterator[str]:
    """Every command: "train", ..., and in place of a group those in it: "runs list", ..."""
    for name in COMMANDS:
        below = getattr(load(name), "commands", None)
        yield from (name,) if below is None else (f"{name} {each}" for each in below)


def help_text(command: str) -> str:
    """What ``cnnlab COMMAND --help`` prints at 80 columns."""
    os.environ["COLUMNS"] = "80"
    done = CliRunner().invoke(app, [*command.split(), "--help"], prog_name="cnnlab")
    return done.output.strip("\n")


def document() -> str:
    """The whole page."""
    parts = [f"## cnnlab {command}\n\n```text\n{help_text(command)}\n```\n" for command in commands()]
    return "\n".join([HEADER, f"```text\n{help_text('')}\n```\n", *parts])


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8")
