"""Ctrl-C and SIGTERM at moments that suit: noted when they come, acted upon between two pieces of work."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def noted_interrupts() -> Iterator[int]:
    """While the body runs, the signals that this process handles in Python are only noted.

    Yields a file descriptor that becomes readable with the first one: wait for it beside other work. Once one has come,
    further ones are ignored until the process ends: what follows is saving.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    came: list[int] = []

    def note(number: int, frame: Any) -> None:
        came.append(number)
        with contextlib.suppress(OSError):
            os.write(writer, b"x")

    handled = []
    if threading.current_thread() is threading.main_thread():
        handled = [number for number in SIGNALS if callable(signal.getsignal(number))]
    before = {number: signal.signal(number, note) for number in handled}
    try:
        yield reader
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if came else handler)
        os.close(reader)
        os.close(writer)
