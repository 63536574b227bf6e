"""Ctrl-C and SIGTERM at moments that suit: noted when they come, acted upon between two pieces of work."""

import contextlib
import multiprocessing
import signal
import threading
from collections.abc import Iterator
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
