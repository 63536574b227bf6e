"""What the judged file prints: kept within bounds, and out of everybody's way."""

import contextlib
import io
import os
import sys
from typing import Any

BOUND = 1 << 17  # bytes kept of what was printed last
WORDS = (b"loss", b"acc")  # lines that may matter are kept for longer


class Bounded(io.RawIOBase):
    """Keeps the end of what is written, and of the rest the lines that may be results."""

    def __init__(self) -> None:
        self.kept = bytearray()
        self.earlier = bytearray()

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        """Stay open: whoever closes the stream closes it for himself."""

    def write(self, data: Any) -> int:
        """Keep it, and forget the oldest beyond twice the bound."""
        content = bytes(data)
        self.kept += content
        if len(self.kept) > 2 * BOUND:
            cut = self.kept.rfind(b"\n", 0, len(self.kept) - BOUND) + 1 or len(self.kept) - BOUND
            for line in bytes(self.kept[:cut]).splitlines(keepends=True):
                if len(line) < 1000 and any(word in line.lower() for word in WORDS):
                    self.earlier += line
            del self.earlier[:-BOUND]
            del self.kept[:cut]
        return len(content)

    def take(self) -> str:
        """What was kept since the last call."""
        text = bytes(self.earlier + self.kept).decode("utf-8", "replace")
        self.earlier.clear()
        self.kept.clear()
        return text


class Streams:
    """Standard output and standard error of the judged file."""

    def __init__(self) -> None:
        """Start empty; `redirect` makes them the process' own."""
        self.out, self.error = Bounded(), Bounded()

    def redirect(self) -> None:
        """Point Python's streams here; done anew before each request, as a file may replace or close them."""
        sys.stdout = sys.__stdout__ = _text(self.out)  # type: ignore[misc]
        sys.stderr = sys.__stderr__ = _text(self.error)  # type: ignore[misc]
        self.printed()

    def printed(self) -> tuple[str, str]:
        """What went to both since the last call."""
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(BaseException):
                stream.flush()
        return self.out.take(), self.error.take()


def _text(raw: Bounded) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", "backslashreplace", write_through=True)


def silence_descriptors() -> None:
    """Leave standard input empty, and let what goes past Python's streams go nowhere."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115  (open for as long as the process)
