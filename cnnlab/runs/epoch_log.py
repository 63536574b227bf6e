"""A file of lines that grows by one with each epoch, under a header."""

from collections.abc import Sequence
from pathlib import Path

from cnnlab.files import append_text, flush, write_text


class EpochLog:
    """Appends lines to one file, and remembers them.

    A resumed training begins the file anew with the lines that its checkpoint holds: whatever has become of the file
    since, they are right.
    """

    def __init__(self, path: Path, header: str, kept: Sequence[str] = ()) -> None:
        """Begin the file at `path` with its header and the lines of the epochs so far."""
        self.path, self.lines = path, list(kept)
        write_text(path, _text([header, *kept]))

    def append_line(self, line: str) -> None:
        """Add the line of an epoch; raises RunError when the disk refuses."""
        append_text(self.path, _text([line]))
        self.lines.append(line)

    def flush(self) -> None:
        """Ask the system to put all lines on the disk; raises RunError when it refuses."""
        flush(self.path)


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
