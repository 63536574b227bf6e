"""A page's sample submission: its header, its ids in their order, and what its columns are to hold (``--like``)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnlab.datasets.folders.label_table import read_table
from cnnlab.errors import ConfigError, DataError, counted, first_few, shown
from cnnlab.positive_class import POSITIVE, positive_class
from cnnlab.predict.columns import CsvColumn, Names, columns_of, probability_columns

SHOWN = 3  # values, ids or names in a sentence


@dataclass(frozen=True)
class Sample:
    """A sample submission: the header, the first column, and the unlike values of each other column, in order."""

    path: Path
    header: tuple[str, ...]
    ids: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]  # for header[1:]


def read_sample(path: Path) -> Sample:
    """Read a CSV file with a header and a row for each image; raises DataError, naming it, where it is none."""
    table = read_table(path, path.name, lambda text: False)
    if len(table.columns) < 2 or not table.has_header:
        found = shown(",".join(table.columns if table.has_header else table.rows[0]))
        raise DataError(
            f"--like: the first line of {path} is '{found}', expected the names of two columns or more, that of the "
            "ids first."
        )
    if not table.rows:
        raise DataError(f"--like: {path} has a header and no rows: expected one for each image.")
    ids = table.column(0)
    name, count = Counter(ids).most_common(1)[0]
    if count > 1:
        raise DataError(f"--like: {path} has the id '{shown(name)}' in {count} rows, expected it in one.")
    unlike = (tuple(dict.fromkeys(table.column(at))) for at in range(1, len(table.columns)))
    return Sample(path, table.columns, tuple(ids), tuple(unlike))


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
