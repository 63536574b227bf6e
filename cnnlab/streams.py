"""The standard streams of a process: always there, and no reason for it to fail.

A command may be started with any of them closed (``>&-``). The next file that it opens then gets the closed one's
number, and whatever is printed goes into that file. A reader may go (``| head -1``), a disk may be full.
"""

import contextlib
import io
import os
import select
import sys
from collections.abc import Iterator
from typing import Any

NAMES = ("stdin", "stdout", "stderr")


def open_standard_streams() -> None:
    """Open what is closed of descriptors 0, 1 and 2, and of `sys.stdin`, `sys.stdout` and `sys.stderr`, on nothing."""
    for number, name in enumerate(NAMES):
        place: int | str = os.devnull  # where Python has no stream, and the number is somebody's file
        try:
            os.fstat(number)
        except OSError:
            place = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
            os.set_inheritable(place, True)
        if getattr(sys, name) is None:
            mode = "r" if number == 0 else "w"
            stream = open(place, mode, encoding="utf-8", errors="backslashreplace", closefd=place != number)  # noqa: SIM115
            setattr(sys, name, stream)


@contextlib.contextmanager
def lasting_streams() -> Iterator[list[OSError]]:
    """While a command runs, output that nobody takes goes nowhere, and the command continues.

    Yields a list that at the end holds the error with which standard output refused what was printed; a reader that has
    gone has what it wanted, and is none. Streams that are not the process's own, as in tests, stay as they are.
    """
    open_standard_streams()
    refused: list[OSError] = []
    for number, name in enumerate(NAMES):
        stream = getattr(sys, name)
        if not isinstance(stream, io.TextIOWrapper):
            continue
        raw = getattr(stream.buffer, "raw", stream.buffer)  # python -u has no buffer
        if number and stream is getattr(sys, f"__{name}__") and isinstance(raw, io.FileIO):
            setattr(sys, name, _text(_LastingFile(number, refused if name == "stdout" else []), stream))
        else:  # a name, or an answer, may be no text, and a terminal may have few characters
            stream.reconfigure(errors="backslashreplace")
    yield refused
    sys.stdout.flush()
    sys.stderr.flush()


def _text(raw: "_LastingFile", like: io.TextIOWrapper) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=like.encoding,
        errors="backslashreplace",
        line_buffering=like.line_buffering,
        write_through=like.write_through,
    )


class _LastingFile(io.FileIO):
    """Descriptor 1 or 2; once it takes nothing more, it is opened on nothing."""

    def __init__(self, number: int, refused: list[OSError]) -> None:
        super().__init__(number, "w", closefd=False)
        self.refused = refused

    def write(self, data: Any) -> int:
        """Write some of the data; returns how many bytes."""
        try:
            written = super().write(data)
        except OSError as error:
            if not isinstance(error, BrokenPipeError):
                self.refused.append(error)
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self.fileno())
            os.close(null)
            return len(data)
        if written is None:  # a pipe that does not wait for its reader
            select.select([], [self], [])
            return self.write(data)
        return written
