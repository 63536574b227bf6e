"""Processes of our own: stopped when the one that waits for them is."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnlab.executors.processes import in_process


def waits(note: Path, say: Callable[[str], None]) -> None:
    """Say that it is ready; on SIGTERM write into `note`, and end."""

    def stop(number: int, frame: Any) -> None:
        note.write_text("told")
        sys.exit()

    signal.signal(signal.SIGTERM, stop)
    say("ready")
    time.sleep(30)


def interrupted(text: str) -> None:
    raise KeyboardInterrupt


def test_a_process_that_stops_on_sigterm_is_told_of_an_interrupt(tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        in_process(waits, tmp_path / "note", interrupted, stops_on_sigterm=True)
    assert (tmp_path / "note").read_text() == "told"
    assert time.monotonic() - begun < 25
