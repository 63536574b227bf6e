"""inputs.csv: for each epoch the CRC-32 of the batches that the network was trained on.

A line counts once its line break is written, as in metrics.csv.
"""

from collections.abc import Sequence
from pathlib import Path

from cnnlab.reading import read_text
from cnnlab.runs.epoch_log import EpochLog

HEADER = "epoch,crc32"


class InputsLog(EpochLog):
    """Appends a line per epoch to one file."""

    def __init__(self, path: Path, kept: Sequence[str] = ()) -> None:
        """Begin the file at `path`; kept: the lines of the epochs that a checkpoint vouches for."""
        super().__init__(path, HEADER, kept)

    def append(self, epoch: int, crc: int) -> None:
        """Add the line of an epoch, counted from 1; raises RunError when the disk refuses."""
        self.append_line(f"{epoch},{crc:08x}")


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
