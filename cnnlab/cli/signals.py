"""Signals: a scheduler's SIGTERM stops a run as Ctrl-C does."""

import signal
from typing import Any


def stop_on_sigterm() -> None:
    """From now on SIGTERM raises KeyboardInterrupt, so that a run ends with its state saved."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt
