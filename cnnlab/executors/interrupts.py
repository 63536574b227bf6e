"""Ctrl-C and SIGTERM at moments that suit: noted when they come, acted upon between two pieces of work."""

import contextlib
import multiprocessing
import signal
import threading
from collections.abc import Iterator
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Any

SIGNALS = tuple(
    signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # no SIGHUP on Windows


@contextlib.contextmanager
def noted_interrupts() -> Iterator[Connection]:
    """While the body runs, the signals that this process handles in Python are only noted.

    Yields a connection that becomes readable with the first one: wait for it beside other work. Once one has come,
    further ones are ignored until the process ends: what follows is saving.
    """
    reader, writer = multiprocessing.Pipe(duplex=False)
    came: list[int] = []

    def note(number: int, frame: Any) -> None:
        if not came:
            writer.send_bytes(b"x")
        came.append(number)

    handled = []
    if threading.current_thread() is threading.main_thread():
        handled = [number for number in SIGNALS if callable(signal.getsignal(number))]
    before = {number: signal.signal(number, note) for number in handled}
    try:
        with reader, writer:
            yield reader
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if came else handler)


@contextlib.contextmanager
def kept_from_children() -> Iterator[None]:
    """While a process is started, keep Ctrl-C and a closed terminal from it for as long as it runs.

    A terminal sends them to every process of a command, and one that is still importing would end with a traceback.
    This process acts for all.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # else it starts with the process, and lets the signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, set(SIGNALS) - {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
