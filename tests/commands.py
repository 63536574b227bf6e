"""The command line in a process of its own, and what it did."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

REPOSITORY = Path(__file__).parent.parent


@dataclass(frozen=True)
class Finished:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON object on the last line of stdout."""
        return json.loads(self.out.splitlines()[-1])


def environment(**changes: str) -> dict[str, str]:
    """The environment for a command: the checkout importable, no data or runs directory of the user's.

    oneDNN can be switched off for the whole suite.
    """
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("CNNLAB_", "KERAS_", "TF_", "PYTEST_"))}
    ours |= {k: v for k, v in os.environ.items() if k == "TF_ENABLE_ONEDNN_OPTS"}
    return ours | {"PYTHONPATH": str(REPOSITORY), "COLUMNS": "80", "NO_COLOR": "1"} | changes


def do_not_wait_for_the_disk() -> None:
    """Write files without `fsync` in this process: tests kill processes, but no machine loses its power."""
    os.fsync = lambda descriptor: None


def wait_for(condition: Any, seconds: float = 120) -> Any:
    """Wait until `condition()` is true, and return its value."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def gone(processes: list[psutil.Process]) -> bool:
    """Whether all have ended."""
    return not [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def run_cold(*arguments: object, cwd: Path | None = None, timeout: float = 240, **changes: str) -> Finished:
    """Run ``cnnlab`` as a person would, in a process that imports all it needs."""
    done = subprocess.run(
        [sys.executable, "-m", "cnnlab", *map(str, arguments)],
        cwd=cwd,
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    return Finished(done.returncode, done.stdout, done.stderr)
