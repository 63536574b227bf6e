"""Predictions as CSV, one row for each image, and their files; the columns are those of `cnnlab.predict.columns`."""

import contextlib
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, final

import numpy as np

from cnnlab.errors import ConfigError
from cnnlab.files import atomic_path
from cnnlab.predict.columns import CsvColumn, Rows, cells


@final
class Submission:
    """One CSV file at work; counts its rows by class."""

    def __init__(self, file: Any, columns: Sequence[CsvColumn], class_names: Sequence[str]) -> None:
        """Write the header into the open text `file`."""
        self._writer = csv.writer(file, lineterminator="\n")
        self._columns, self._class_names = columns, class_names
        self.counts = np.zeros(len(class_names), np.int64)
        self._writer.writerow([column.header for column in columns])

    def write(self, rows: Rows) -> None:
        """Write a row for each image."""
        self.counts += np.bincount(rows.probabilities.argmax(axis=1), minlength=len(self.counts))
        columns = [cells(column, rows, self._class_names) for column in self._columns]
        self._writer.writerows(zip(*columns, strict=True))


@contextlib.contextmanager
def submissions(
    paths: Sequence[Path], columns: Sequence[CsvColumn], class_names: Sequence[str]
) -> Iterator[list[Submission]]:
    """Yield a `Submission` for each path; the files appear, all together, when the body ends without an error."""
    with contextlib.ExitStack() as stack:
        files = []
        for path in paths:
            temporary = stack.enter_context(atomic_path(path))
            files.append(
                stack.enter_context(
                    temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="")
                )
            )
        yield [Submission(file, columns, class_names) for file in files]


def require_free(paths: Sequence[Path], force: bool) -> None:
    """Raise ConfigError where a file could not be written, or stands there and may not be replaced."""
    for path in paths:
        if path.is_dir():
            raise ConfigError(f"--output: {path} is a folder, expected the name of a file.")
        if not path.parent.is_dir():
            raise ConfigError(f"--output: the folder {path.parent} does not exist.")
        if path.exists() and not force:
            raise ConfigError(
                f"--output: {path} is there already: choose another name, or replace it with --force."
            )
