"""A report as sections of texts, tables and figures. Builders make it, renderers show it; no format is in it.

Texts are as they came: each renderer makes them harmless for its own format.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Flag, auto
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cnnlab.runs.folder import slug

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

Align = Literal["left", "right", "center"]
Tone = Literal["", "good", "bad", "warning", "active"]


class Where(Flag):
    """Who is shown something: a narrow screen, a page (HTML, Markdown, LaTeX), a spreadsheet, a program."""

    SCREEN = auto()
    PAGE = auto()
    CSV = auto()
    JSON = auto()
    PEOPLE = SCREEN | PAGE
    DATA = CSV | JSON
    FILES = PAGE | DATA
    EVERYWHERE = PEOPLE | DATA


@dataclass(frozen=True)
class Text:
    """A sentence or two, with a short label before it or none."""

    label: str
    text: str
    tone: Tone = ""


@dataclass(frozen=True)
class Cell:
    """text is for people; value for programs and for sorting: a number, a pair (low, high), a text, plain data."""

    text: str
    value: Any = None
    tone: Tone = ""

    @property
    def number(self) -> float | None:
        """What the cell sorts by, where that is a number."""
        value = self.value[0] if isinstance(self.value, tuple) and self.value else self.value
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def status_tone(status: str) -> Tone:
    """How a status is to be seen."""
    tones: dict[str, Tone] = {"done": "good", "running": "active", "failed": "bad", "damaged": "bad"}
    return tones.get(status, "warning")


@dataclass(frozen=True)
class Column:
    """What stands above a column, and to which side its cells lean; those that lean to the left may be wrapped.

    name: in CSV and JSON, by default the heading in small letters. short: the heading on a screen. key: it names the
    row, and is repeated where a wide table is folded. group: rows of the same value stand together. least: as many
    characters of a text are not wrapped.
    """

    heading: str
    align: Align = "right"
    where: Where = Where.EVERYWHERE
    name: str = ""
    short: str = ""
    key: bool = False
    group: bool = False
    least: int = 24

    @property
    def data_name(self) -> str:
        """What programs call the column."""
        letters = self.heading.lower().replace(" %", "")
        return self.name or "_".join("".join(c if c.isalnum() else " " for c in letters).split())


Cells = list[Cell | str]
"""A row as it is given to `make_table`."""


@dataclass(frozen=True)
class Table:
    """name is the stem of the files that hold it; bold: numbers of the rows that matter most.

    data_name: what programs find it under, by default its name. by: the names of the columns whose values lead to a row
    there; without any, rows are a list. screen_rows: the rows that a screen shows, by default all.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    bold: frozenset[int] = frozenset()
    note: str = ""
    where: Where = Where.EVERYWHERE
    data_name: str = ""
    by: tuple[str, ...] = ()
    screen_rows: tuple[int, ...] | None = None

    def shown(self, where: Where) -> list[int]:
        """The places of the columns that are shown there."""
        return [place for place, column in enumerate(self.columns) if where in column.where]


def make_table(
    name: str,
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell | str]],
    *,
    bold: Iterable[int] = (),
    **more: Any,
) -> Table:
    """Return a table; texts become cells. Raises ValueError for a row of another length than the columns."""
    cells = tuple(tuple(Cell(c, c or None) if isinstance(c, str) else c for c in row) for row in rows)
    wrong = [row for row in cells if len(row) != len(columns)]
    if wrong:
        raise ValueError(f"table {name}: expected {len(columns)} cells in a row, received {len(wrong[0])}")
    return Table(name, caption, tuple(columns), cells, frozenset(bold), **more)


@dataclass(frozen=True)
class Figure:
    """A figure that `draw` makes, or None where there is nothing to show; or the PNG at `path`, made before.

    alternative: what it shows, in words and numbers. png, pdf: where it was written for this report.
    """

    name: str
    caption: str
    alternative: str
    draw: "Callable[[], Drawing | None] | None" = None
    path: Path | None = None
    png: Path | None = None
    pdf: Path | None = None


@dataclass(frozen=True)
class Section:
    """One run or pool, or what holds for several together.

    answer: the most important sentence. facts stand above the tables, texts below them. make_figures: called where
    figures are wanted, and `figures` holds them then. number: of a run among several, from 1. paths: where it was read
    from. data: facts for programs; they find the section under `key`, without one among the document's own.
    """

    title: str
    key: str = "runs"
    number: int = 0
    data_title: str = ""
    marker: str = ""
    status: str = ""
    state: str = ""
    answer: Text | None = None
    facts: tuple[Text, ...] = ()
    tables: tuple[Table, ...] = ()
    texts: tuple[Text, ...] = ()
    make_figures: Callable[[], Iterable[Figure]] = tuple
    figures: tuple[Figure, ...] = ()
    setting: tuple[Text, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    environment: Table | None = None
    paths: tuple[Path, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """What the names of its files begin with: "1-lab2025-"; empty where it is the only one."""
        return f"{self.number}-{slug(self.title)[:40]}-" if self.number else ""

    def tables_for(self, where: Where) -> list[Table]:
        """Its tables that are shown there."""
        return [table for table in self.tables if where in table.where]


@dataclass(frozen=True)
class Document:
    """A whole report. notes are sentences on what it is without."""

    title: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
