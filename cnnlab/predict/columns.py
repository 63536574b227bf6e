"""Which columns a CSV file of predictions has, and what stands in them: ``--format``."""

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np

from cnnlab.errors import ConfigError, counted, did_you_mean, first_few, shown
from cnnlab.positive_class import POSITIVE, positive_class

Names = Sequence[str]


@dataclass(frozen=True)
class Rows:
    """Images, and what a network says of them.

    index: their places in their data set. ids: what to call them. files: names of image files; None where there are
    none. probabilities: float32 (n, classes).
    """

    index: Sequence[int]
    ids: Sequence[Any]
    files: Names | None
    probabilities: np.ndarray


@dataclass(frozen=True)
class CsvColumn:
    """content: one of `CONTENTS`, or p_ and the name of a class."""

    header: str
    content: str


def _digits(probabilities: np.ndarray) -> list[str]:
    """Nine digits, which distinguish each float32 from its neighbours."""
    return [f"{p:.9g}" for p in probabilities.tolist()]


def _classes(rows: Rows) -> list[int]:
    """The most probable classes. Of equally probable ones the first, so of two, class 1 needs more than one half."""
    found: list[int] = rows.probabilities.argmax(axis=1).tolist()
    return found


CONTENTS: dict[str, Callable[[Rows, Names], Sequence[Any]]] = {
    "id": lambda rows, _: rows.ids,
    "index": lambda rows, _: rows.index,
    "file": lambda rows, _: rows.files or (),
    "class": lambda rows, _: _classes(rows),
    "label": lambda rows, names: [names[k] for k in _classes(rows)],
    "probability": lambda rows, _: _digits(rows.probabilities[:, POSITIVE]),
}
"""What may stand in a column, besides p_CLASS, the probability of a class."""


def cells(column: CsvColumn, rows: Rows, class_names: Names) -> Sequence[Any]:
    """What stands in `column`, a cell for each of the rows."""
    if column.content in CONTENTS:
        return CONTENTS[column.content](rows, class_names)
    return _digits(rows.probabilities[:, class_names.index(column.content.removeprefix("p_"))])


def usual_columns(class_names: Names, *, with_probabilities: bool, with_files: bool) -> tuple[CsvColumn, ...]:
    """The columns without ``--format``: those of the lab's page, then probabilities, then names of files."""
    more = probability_columns(class_names) if with_probabilities else ()
    return (
        CsvColumn("id", "index"),
        CsvColumn("class", "class"),
        *(CsvColumn(name, name) for name in more),
        *([CsvColumn("file", "file")] if with_files else []),
    )


def probability_columns(class_names: Names) -> list[str]:
    """The names of the columns that hold the probability of one class."""
    return [f"p_{name}" for name in class_names]


def columns_of(text: str, class_names: Names) -> tuple[CsvColumn, ...]:
    """The columns that ``--format`` describes: ``NAME`` or ``HEADER=CONTENT`` for each, with commas between them.

    Raises ConfigError for unknown contents, for a header that stands twice, and for what the classes do not have.
    """
    columns = tuple(_column(part.strip(), class_names) for part in _parts(text))
    for header, count in Counter(column.header for column in columns).items():
        if count > 1:
            raise ConfigError(f"--format: the header '{shown(header)}' stands there {count} times.")
    return columns


def _parts(text: str) -> list[str]:
    """What stands between commas; a name with a comma in it is quoted, as in the CSV file."""
    try:
        return next(csv.reader([text], skipinitialspace=True, strict=True)) or [""]
    except csv.Error as error:
        raise ConfigError(f"--format '{shown(text)}': {error}.") from None


def _column(text: str, class_names: Names) -> CsvColumn:
    header, equals, content = text.partition("=")
    if text in CONTENTS or text in probability_columns(class_names) or not equals:
        header = content = text
    header, content = header.strip(), content.strip()
    if not header or not content:
        raise ConfigError(f"--format: expected NAME or HEADER=NAME for each column, got '{shown(text)}'.")
    require_content(content, class_names)
    return CsvColumn(header, content)


def require_content(content: str, class_names: Names) -> None:
    """Raise ConfigError where a column of networks with these classes cannot hold `content`."""
    each = probability_columns(class_names)
    if content == "probability" and positive_class(class_names) is None:
        raise ConfigError(
            f"--format: 'probability' is that of the positive one of two classes, and these are "
            f"{counted(len(class_names), 'class')}: take {first_few(list(map(shown, each)), 3)}."
        )
    if content not in CONTENTS and content not in each:
        known = [*CONTENTS, *each]
        raise ConfigError(
            f"--format: unknown column '{shown(content)}'{did_you_mean(content, known)}: a column is one of "
            f"{', '.join(CONTENTS)}, {first_few(list(map(shown, each)), 3)}, or HEADER= and one of them."
        )


def image_ids(index: Sequence[int], files: Names | None) -> Sequence[Any]:
    """The names of image files without folder and extension; places where there are no files."""
    return index if files is None else [PurePath(name).stem for name in files]


def require_columns(columns: Sequence[CsvColumn], ids: Sequence[Any], files: Names | None) -> None:
    """Raise ConfigError where images without files shall have their names, or where ids do not tell images apart."""
    contents = [column.content for column in columns]
    if "file" in contents and files is None:
        raise ConfigError(
            "--format: 'file' is the name of an image file, and these images come from an array."
        )
    if "id" in contents and files is not None:
        twice = [name for name, count in Counter(ids).items() if count > 1]
        if twice:
            same = [name for name, one in zip(files, ids, strict=True) if one == twice[0]]
            raise ConfigError(
                f"--format: {first_few(list(map(shown, same)), 2, ' and ')} have the same id '{shown(twice[0])}': take "
                "'file' or 'index' in place of 'id', such as id=file."
            )
