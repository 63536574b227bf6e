"""``cnnlab report`` on a verify run: the tables of its verify.json."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from cnnlab.reading import read_text
from cnnlab.report.verification.tables import part_tables
from cnnlab.report.verification.verdict import verdict_text
from cnnlab.runs.folder import RunFolder

PARTS = ("layers", "network", "data")


def read_verification(path: str | Path) -> Mapping[str, Any] | None:
    """Return the content of the run's verify.json; None where it is missing or damaged."""
    try:
        content = json.loads(read_text(RunFolder(path).verify_path))
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def render_verification(path: str | Path, console: Console) -> None:
    """Print the tables and the verdict; one sentence where verify.json cannot be read."""
    result = read_verification(path)
    try:
        if result is None:
            raise ValueError
        shown = [part_tables(name, result[name]) for name in PARTS if result.get(name)]
        verdict = verdict_text(result)
    except (KeyError, TypeError, ValueError, AttributeError):
        console.print("verify.json is missing or damaged: this run has no verdict.\n", style="yellow")
        return
    for tables in shown:
        console.print(tables, "")
    console.print(verdict, "")
