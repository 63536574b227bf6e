"""Predictions as CSV: ``id,class``, one row for each image, as the lab's Kaggle page wants it, and their files."""

import contextlib
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, final

import numpy as np

from cnnlab.errors import ConfigError
from cnnlab.files import atomic_path


@final
class Submission:
    """One CSV file at work; counts its rows by class."""

    def __init__(
        self, file: Any, class_names: Sequence[str], *, with_probabilities: bool, with_names: bool
    ) -> None:
        """Write the header into the open text `file`."""
        self._writer = csv.writer(file, lineterminator="\n")
        self._with_probabilities = with_probabilities
        self.counts = np.zeros(len(class_names), np.int64)
        columns = [f"p_{name}" for name in class_names] if with_probabilities else []
        self._writer.writerow(["id", "class", *columns, *(["file"] if with_names else [])])

    def write(
        self, ids: Sequence[int], probabilities: np.ndarray, names: Sequence[str] | None = None
    ) -> None:
        """Write a row for each image: its id, its most probable class and, if wanted, probabilities and file.

        ids, names: n of them; probabilities: float32 (n, classes), written with nine digits, which
        distinguish each float32 from its neighbours. Of equally probable classes the first counts, so of two
        classes class 1 needs more than one half.
        """
        classes = probabilities.argmax(axis=1)
        self.counts += np.bincount(classes, minlength=len(self.counts))
        columns: list[Sequence[Any]] = [ids, classes.tolist()]
        if self._with_probabilities:
            columns += [[f"{p:.9g}" for p in column] for column in probabilities.T.tolist()]
        if names is not None:
            columns.append(names)
        self._writer.writerows(zip(*columns, strict=True))


@contextlib.contextmanager
def submissions(
    paths: Sequence[Path], class_names: Sequence[str], *, with_probabilities: bool, with_names: bool = False
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
        options = {"with_probabilities": with_probabilities, "with_names": with_names}
        yield [Submission(file, class_names, **options) for file in files]


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
