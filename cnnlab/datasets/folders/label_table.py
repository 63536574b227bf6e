"""A table of labels as people have it: a CSV file with commas, semicolons or tabs, with a header or without."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cnnlab.datasets.pictures.picture import SUFFIXES as PICTURES
from cnnlab.errors import DataError, counted, shown
from cnnlab.reading import read_bytes

SUFFIXES = (".csv", ".tsv", ".txt")
DELIMITERS = (",", ";", "\t", "|")
MOST_BYTES = 200_000_000
MOST_ROWS = 5_000_000
MOST_COLUMNS = 1_000
MOST_CHARACTERS = 1_000  # of one cell
SAMPLE_LINES = 20


@dataclass(frozen=True)
class LabelTable:
    """rows: texts, without spaces around them, as many in each as there are columns. has_header: columns are named."""

    name: str  # the file, as a path below the folder
    columns: tuple[str, ...]
    rows: list[list[str]]
    has_header: bool

    def column(self, at: int) -> list[str]:
        """The texts of a column."""
        return [row[at] for row in self.rows]


def read_table(path: Path, name: str, is_image: Callable[[str], bool]) -> LabelTable:
    """Return the table in the file at `path`.

    is_image: whether a text names an image: a first row with one, or with the name of such a file, is no header, and
    the columns are called 1, 2, ...

    Raises DataError, with the line, for what is no table or too large a one.
    """
    text = _text(path)
    rows = _rows(
        path, text, _delimiter(text, (*DELIMITERS, " ") if name.lower().endswith(".txt") else DELIMITERS)
    )
    if not rows:
        raise DataError(f"{path} holds no rows, expected a header and a row for each image.")
    header = rows[0]
    has_header = not any(is_image(cell) or cell.lower().endswith(PICTURES) for cell in header)
    if has_header:
        rows = rows[1:]
    columns = tuple(header) if has_header else tuple(str(number) for number in range(1, len(header) + 1))
    twice = next((column for column in columns if column and columns.count(column) > 1), None)
    if twice is not None:
        raise DataError(f"{path} has two columns {shown(twice)}, expected different names: rename one.")
    return LabelTable(name, columns, rows, has_header)


def _text(path: Path) -> str:
    try:
        content = read_bytes(path, MOST_BYTES)
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror or error}): replace it, or take it out."
        ) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        kind = (
            "UTF-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else f"Latin-1, by its byte {error.start}"
        )
        raise DataError(
            f"{path} is not UTF-8 text, but perhaps {kind}: save it as UTF-8 (in a spreadsheet 'CSV UTF-8')."
        ) from None
    if "\0" in text:
        raise DataError(f"{path} holds null bytes, expected text: save it as CSV in UTF-8.")
    return text


def _delimiter(text: str, delimiters: tuple[str, ...]) -> str:
    """What stands between cells: that by which the first lines have the most columns, each as many."""
    lines = [line for line in text[:100_000].splitlines()[:SAMPLE_LINES] if line.strip()]
    best, most = DELIMITERS[0], 1
    for delimiter in delimiters:
        try:
            lengths = {len(row) for row in csv.reader(lines, delimiter=delimiter) if row}
        except csv.Error:
            continue
        if len(lengths) == 1 and max(lengths) > most:
            best, most = delimiter, max(lengths)
    return best if most > 1 else max(DELIMITERS, key=lambda each: lines[0].count(each) if lines else 0)


def _rows(path: Path, text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True
    )
    rows: list[list[str]] = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append(_checked(path, reader.line_num, cells, len(rows[0]) if rows else None))
            if len(rows) > MOST_ROWS:
                raise DataError(f"{path} has more than {MOST_ROWS:,} rows, expected one for each image.")
    except csv.Error as error:
        raise DataError(
            f"{path}, line {reader.line_num}: not CSV ({error}): correct the quotes there."
        ) from None
    return rows


def _checked(path: Path, line: int, cells: list[str], columns: int | None) -> list[str]:
    """The cells of a row, as many as the first row has; empty ones at its end do not count."""
    if columns is not None and len(cells) != columns:
        while len(cells) > columns and not cells[-1]:
            cells.pop()
        if len(cells) != columns:
            raise DataError(
                f"{path}, line {line}: {counted(len(cells), 'cell')}, expected {columns} as in the first line; put "
                "texts that hold the delimiter into quotes."
            )
    if len(cells) > MOST_COLUMNS:
        raise DataError(f"{path} has {len(cells):,} columns, expected at most {MOST_COLUMNS:,}.")
    long = next((cell for cell in cells if len(cell) > MOST_CHARACTERS), None)
    if long is not None:
        raise DataError(
            f"{path}, line {line}: a text of {len(long):,} characters ({shown(long)}), expected at most "
            f"{MOST_CHARACTERS:,}: correct the quotes there."
        )
    return cells
