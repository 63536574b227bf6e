"""A document for spreadsheets and programs: CSV and plain data. Accuracies are fractions of 1 here."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cnnlab.files import plain
from cnnlab.report.document import Document, Section, Table, Where
from cnnlab.report.numbers import one_line

ABOUT = ("section", "name", "data")


def to_json(document: Document) -> dict[str, Any]:
    """Return the report as dicts, lists, strings and finite numbers; what is not finite is "NaN" or "Infinity".

    Runs stand under "runs", other sections under their own key, or among the document's own entries.
    """
    content: dict[str, Any] = {
        "title": document.title,
        "runs": [],
        "comparison": None,
        "notes": document.notes,
    }
    for section in document.sections:
        if section.key == "runs":
            content["runs"].append(section_to_json(section))
        elif section.key:
            content[section.key] = section_to_json(section)
        else:
            content |= section_to_json(section)
    return dict(plain(content))


def section_to_json(section: Section) -> dict[str, Any]:
    """Return a section's facts and tables as plain data."""
    tables = {table.data_name or table.name: _entries(table) for table in section.tables_for(Where.JSON)}
    answer = {} if section.answer is None else {"answer": section.answer.text}
    return dict(plain({**section.data, **answer, **tables}))


def csv_files(document: Document) -> dict[str, str]:
    """Return the content of each CSV by its name: tables of one name in all sections are one file."""
    found: dict[str, list[dict[str, Any]]] = {}
    heads: dict[str, list[str]] = {}
    for section in document.sections:
        is_run = section.key == "runs"
        number = section.number or 1 if is_run else None
        name = section.title if is_run else document.title
        about = dict(zip(ABOUT, (number, name, section.data_title), strict=True))
        for table in section.tables_for(Where.CSV):
            nothing = {table.columns[place].data_name: None for place in table.shown(Where.CSV)}
            records = list(_records(table, Where.CSV))
            heads.setdefault(f"{table.name}.csv", list({**about, **_flat(nothing)}))
            rows = found.setdefault(f"{table.name}.csv", [])
            rows += [{**about, **_flat(record)} for record in records]
    return {name: csv_text(rows, heads[name]) for name, rows in found.items()}


def csv_text(rows: Sequence[Mapping[str, Any]], head: Sequence[str] = ()) -> str:
    """Return CSV with a header, `head` where there is no row; no spreadsheet takes a text for a formula."""
    names = list(dict.fromkeys(name for row in rows for name in row)) or list(head)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(map(_harmless, names))
    writer.writerows([_harmless(row.get(name)) for name in names] for row in rows)
    return buffer.getvalue()


def _entries(table: Table) -> Any:
    """The rows as a list, or as a map by the columns that name them."""
    rows = _records(table, Where.JSON)
    if not table.by:
        return list(rows)
    content: dict[str, Any] = {}
    for row in rows:
        place = content
        for name in table.by[:-1]:
            place = place.setdefault(str(row.pop(name)), {})
        place[str(row.pop(table.by[-1]))] = row
    return content


def _records(table: Table, where: Where) -> Iterator[dict[str, Any]]:
    for row in table.rows:
        yield {table.columns[place].data_name: row[place].value for place in table.shown(where)}


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """One level: maps with their keys after an underscore, pairs as low and high, lists with blanks between."""
    flat: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}_{key}": inner for key, inner in _flat(value).items()}
        elif name.endswith("ci95"):
            low, high = (None, None) if value is None else value
            flat |= {f"{name}_low": low, f"{name}_high": high}
        else:
            flat[name] = _joined(value) if isinstance(value, list | tuple) else value
    return flat


def _joined(values: Iterable[Any]) -> str:
    return " ".join("-" if value is None else str(value) for value in values)


def _harmless(cell: object) -> object:
    """A text on one line; one that a spreadsheet would take for a formula gets an apostrophe before it."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if not isinstance(cell, str):
        return cell
    line = one_line(cell)
    return f"'{line}" if line[:1] in ("=", "+", "-", "@") and len(line) > 1 else line
