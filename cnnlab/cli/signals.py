"""Signals: a scheduler's SIGTERM, or a closed terminal, stops a run as Ctrl-C does."""

import signal
from typing import Any


def stop_on_sigterm() -> None:
    """From now on SIGTERM and SIGHUP raise KeyboardInterrupt, so that a run ends with its state saved.

    SIGHUP stays ignored where it is, as under nohup.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    hangup = getattr(signal, "SIGHUP", None)  # Windows has none
    if hangup is not None and signal.getsignal(hangup) == signal.SIG_DFL:
        signal.signal(hangup, _interrupt)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt
