"""Write docs/commands.md: the help text of every command, as it is printed at 80 columns.

    python docs/make_commands.py

A test compares the file with what this program makes, so that it stays true.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

TARGET = Path(__file__).with_name("commands.md")
COMMANDS = (
    *("train", "report", "evaluate", "predict", "compare", "verify", "judge"),
    *("model", "blocks", "datasets", "doctor"),
    *("runs list", "runs show", "runs diff", "runs rm", "runs export"),
    *("data fetch", "data check"),
    *("config check", "config schema", "config copy", "config list"),
)
HEADER = """\
# Commands

Every command's help text, made by `python docs/make_commands.py`. Each command takes `--json`: the last line on
stdout is then one JSON object.
"""


def help_text(command: str) -> str:
    """What ``cnnlab COMMAND --help`` prints, without colours and boxes' trailing spaces."""
    environment = os.environ | {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}
    words = [sys.executable, "-m", "cnnlab", *command.split(), "--help"]
    done = subprocess.run(
        words, env=environment, capture_output=True, text=True, check=True, cwd=TARGET.parent.parent
    )
    text = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout).replace("python -m cnnlab", "cnnlab")
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


def document() -> str:
    """The whole page."""
    parts = [f"## cnnlab {command}\n\n```text\n{help_text(command)}\n```\n" for command in COMMANDS]
    return "\n".join([HEADER, f"```text\n{help_text('')}\n```\n", *parts])


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8")
