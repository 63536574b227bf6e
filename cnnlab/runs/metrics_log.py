"""metrics.csv: one row per epoch, appended while training.

Floats are written with `repr`, so that reading gives the same bits. An empty cell is a value that was not
measured in that epoch; ``nan`` is one that was measured and is undefined. A row counts once its line
break is written: a process killed in the middle of a line costs that row and nothing else.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from cnnlab.errors import RunError, printable
from cnnlab.reading import read_bytes
from cnnlab.runs.epoch_log import EpochLog

MOST_BYTES = 20_000_000  # a hundred thousand epochs

Columns = dict[str, list[float | None]]


class MetricsLog(EpochLog):
    """Appends rows of fixed columns to one file."""

    def __init__(self, path: str | Path, columns: Sequence[str], kept: Sequence[str] = ()) -> None:
        """Begin the file at `path` with its header; kept: the lines of the epochs that a checkpoint vouches for."""
        self.columns = tuple(columns)
        if len(set(self.columns)) != len(self.columns) or "epoch" not in self.columns:
            raise ValueError(f"columns: expected 'epoch' and no name twice, received {self.columns}")
        if any(mark in column for column in self.columns for mark in ',"\r\n'):
            raise ValueError(f"columns: expected names without comma, quote, line break: {self.columns}")
        super().__init__(Path(path), ",".join(self.columns), kept)

    def append(self, row: Mapping[str, float | int | None]) -> None:
        """Add one row; columns that it leaves out, or gives as None, stay empty.

        Raises ValueError for a column that the file has not, RunError when the disk refuses.
        """
        unknown = set(row) - set(self.columns)
        if unknown:
            raise ValueError(f"columns: expected {self.columns}, received also {sorted(unknown)}")
        self.append_line(",".join(_cell(row.get(column)) for column in self.columns))


def read_metrics(path: str | Path) -> Columns:
    """Return every column of a metrics.csv as floats, None where a cell is empty.

    A half-written last line and lines with anything but numbers are left out; a file that is missing or empty
    gives no columns. Raises RunError when the file is there but cannot be read. Names of columns are printable.
    """
    header, rows = _read_rows(Path(path))
    return {printable(name): [_number(row[i]) for row in rows] for i, name in enumerate(header)}


def _read_rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return header and whole rows, cell by cell."""
    try:
        text = read_bytes(path, MOST_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        return [], []
    except OSError as error:
        raise RunError(f"Cannot read {path}: {error.strerror or error}.") from error
    whole = text[: text.rfind("\n") + 1].replace("\r", "").split("\n")[:-1]
    if not whole:
        return [], []
    header = whole[0].split(",")
    rows = [line.split(",") for line in whole[1:]]
    return header, [row for row in rows if len(row) == len(header) and all(map(_is_cell, row))]


def _is_cell(text: str) -> bool:
    try:
        _number(text)
    except ValueError:
        return False
    return True


def _number(text: str) -> float | None:
    return float(text) if text else None


def _cell(value: float | int | None) -> str:
    if value is None:
        return ""
    if hasattr(value, "__index__"):  # Python's and NumPy's integers
        return str(int(value))
    return repr(float(value))
