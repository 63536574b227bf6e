"""A page's sample submission: its header, its ids in their order, and what its columns are to hold (``--like``)."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnlab.errors import ConfigError, DataError, counted, first_few, shown
from cnnlab.positive_class import POSITIVE, positive_class
from cnnlab.predict.columns import CsvColumn, Names, columns_of, probability_columns
from cnnlab.reading import read_bytes

MOST_BYTES = 100_000_000
MOST_ROWS = 2_000_000
MOST_COLUMNS = 1_000
SHOWN = 3  # values, ids or names in a sentence
ENOUGH = 1_000  # unlike values of a column


@dataclass(frozen=True)
class Sample:
    """A sample submission: the header, the first column, and the unlike values of each other column, in order."""

    path: Path
    header: tuple[str, ...]
    ids: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]  # for header[1:], the first `ENOUGH` of each


def read_sample(path: Path) -> Sample:
    """Read a CSV file with a header and a row for each image; raises DataError, naming it, where it is none."""
    try:
        text = read_bytes(path, MOST_BYTES).decode("utf-8-sig")
        rows = _rows(path, io.StringIO(text, newline=""))
        _, first = next(rows, (0, []))
        header = tuple(cell.strip() for cell in first)
        _check_header(path, header)
        return _sample(path, header, rows)
    except OSError as error:
        raise DataError(f"--like: {path} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise DataError(f"--like: {path} is not text in UTF-8: save it as a CSV file in UTF-8.") from None
    except csv.Error as error:
        raise DataError(f"--like: {path} cannot be read as CSV: {error}.") from None


def _rows(path: Path, text: io.StringIO) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each row that is not empty."""
    reader = csv.reader(text, strict=True)
    for count, row in enumerate(row for row in reader if row):
        if count > MOST_ROWS:
            raise DataError(f"--like: {path} has more than {MOST_ROWS:,} rows.")
        yield reader.line_num, row


def _check_header(path: Path, header: Sequence[str]) -> None:
    if not 2 <= len(header) <= MOST_COLUMNS:
        found = f"has the header '{shown(','.join(header))}'" if header else "is empty"
        raise DataError(
            f"--like: {path} {found}; expected names of 2 to {MOST_COLUMNS:,} columns with commas between them, that "
            "of the ids first."
        )
    twice = [name for name, count in Counter(header).items() if count > 1]
    if twice:
        raise DataError(f"--like: {path} has two columns called '{shown(twice[0])}'.")


def _sample(path: Path, header: tuple[str, ...], rows: Iterator[tuple[int, list[str]]]) -> Sample:
    ids: dict[str, int] = {}
    values: list[dict[str, None]] = [{} for _ in header[1:]]
    for line, row in rows:
        if len(row) != len(header):
            raise DataError(
                f"--like: line {line} of {path} has {counted(len(row), 'cell')}, the header {len(header)}."
            )
        name = row[0].strip()
        if name in ids:
            raise DataError(
                f"--like: {path} has the id '{shown(name)}' twice, in lines {ids[name]} and {line}."
            )
        ids[name] = line
        for found, value in zip(values, row[1:], strict=True):
            if len(found) < ENOUGH:
                found[value.strip()] = None
    if not ids:
        raise DataError(f"--like: {path} has a header and no rows: expected one for each image.")
    return Sample(path, header, tuple(ids), tuple(map(tuple, values)))


def columns_like(
    sample: Sample, wanted: str | None, class_names: Names
) -> tuple[tuple[CsvColumn, ...], list[str]]:
    """The sample's columns with what they are to hold, and what to say of those that the sample leaves open.

    wanted: contents in the columns' order, as ``--format`` gives them; None: what the sample's values look like.
    """
    if wanted is not None:
        return _under_its_header(sample, columns_of(wanted, class_names)), []
    columns, notes = [CsvColumn(sample.header[0], "id")], []
    for header, values in zip(sample.header[1:], sample.values, strict=True):
        content = _content(sample, header, values, class_names)
        columns.append(CsvColumn(header, content))
        notes.append(_said(header, values, content, class_names))
    return tuple(columns), notes


def _under_its_header(sample: Sample, columns: Sequence[CsvColumn]) -> tuple[CsvColumn, ...]:
    """The contents of ``--format`` under the sample's header; raises ConfigError where the two do not fit."""
    header = ",".join(map(shown, sample.header[:SHOWN])) + ("" if len(sample.header) <= SHOWN else ",...")
    if len(columns) != len(sample.header):
        raise ConfigError(
            f"--format has {counted(len(columns), 'column')}, and {sample.path} has {len(sample.header)} ({header})."
        )
    for column, name in zip(columns, sample.header, strict=True):
        if column.header not in (column.content, name):
            raise ConfigError(
                f"--format: the header '{shown(column.header)}' is not that of {sample.path} ({header}): leave one out."
            )
    if columns[0].content != "id":
        raise ConfigError(
            f"--format: the first column of {sample.path} holds the ids, whatever they are called: begin with 'id'."
        )
    return tuple(CsvColumn(name, column.content) for column, name in zip(columns, sample.header, strict=True))


def _content(sample: Sample, header: str, values: Sequence[str], class_names: Names) -> str:
    """What a column of the sample is to hold, by its header and by the values that stand there."""
    for name in class_names:
        if len(sample.header) > 2 and header in (name, f"p_{name}"):
            return f"p_{name}"
    numbers = [str(k) for k in range(len(class_names))]
    if set(values) <= {*class_names} and not set(values) <= {*numbers}:
        return "label"
    whole = set(values) <= {*numbers}
    two = positive_class(class_names) is not None
    if whole and (header == "class" or len(values) > 1 or not two):
        return "class"
    if two and all(map(_is_share, values)):
        return "probability"
    raise ConfigError(
        f"--like: the values of '{shown(header)}' in {sample.path} ({_shown_values(values)}) are neither names nor "
        f"numbers of the classes ({first_few(list(map(shown, class_names)), SHOWN)})"
        f"{' nor probabilities' if two else ''}: say with --format what the column is to hold, such as id,class or "
        f"id,{'probability' if two else shown(probability_columns(class_names)[0])}."
    )


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


def _shown_values(values: Sequence[str]) -> str:
    return first_few([f"'{shown(value)}'" for value in values], SHOWN)


def _said(header: str, values: Sequence[str], content: str, class_names: Names) -> str:
    """A line on a column: what it holds, and why."""
    kinds = {
        "class": "the number of the class",
        "label": "the name of the class",
        "probability": f"the probability of the positive class '{class_names[POSITIVE]}'",
    }
    kind = kinds.get(content, f"the probability of the class '{content.removeprefix('p_')}'")
    other = {"class": "probability", "label": "class", "probability": "class"}.get(content)
    usable = other if other != "probability" or positive_class(class_names) else None
    way_out = f"; for another, --format id,{usable}" if usable else ""
    return f"'{header}' holds {kind} (the sample has {_shown_values(values)} there{way_out})."
