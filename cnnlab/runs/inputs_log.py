"""inputs.csv: for each epoch the CRC-32 of the batches that the network was trained on.

A line counts once its line break is written, as in metrics.csv.
"""

from pathlib import Path

from cnnlab.files import append_text, flush, write_text
from cnnlab.reading import read_text

HEADER = "epoch,crc32"


class InputsLog:
    """Appends a line per epoch to one file."""

    def __init__(self, path: Path, keep_epochs: int = 0) -> None:
        """Begin the file at `path`, or continue with its lines of the first `keep_epochs` epochs."""
        self.path = path
        kept = [f"{epoch},{crc}" for epoch, crc in read_inputs(path).items() if epoch <= keep_epochs]
        write_text(path, "\n".join([HEADER, *kept]) + "\n")

    def append(self, epoch: int, crc: int) -> None:
        """Add the line of an epoch, counted from 1; raises RunError when the disk refuses."""
        append_text(self.path, f"{epoch},{crc:08x}\n")

    def flush(self) -> None:
        """Ask the system to put all lines on the disk; raises RunError when it refuses."""
        flush(self.path)


def read_inputs(path: Path) -> dict[int, str]:
    """Return the hash of each epoch, counted from 1, as 8 hex digits; without a readable file, nothing."""
    try:
        text = read_text(path)
    except (OSError, ValueError):
        return {}
    cells = [line.split(",") for line in text[: text.rfind("\n") + 1].splitlines()]
    return {int(row[0]): row[1] for row in cells if len(row) == 2 and _is_epoch(row[0])}


def _is_epoch(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
