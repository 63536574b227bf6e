"""A table as every format shows it: texts for people, and the numbers behind them for sorting."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "right", "center"]


@dataclass(frozen=True)
class Cell:
    """What is shown, and the number to sort by where there is one."""

    text: str
    number: float | None = None


@dataclass(frozen=True)
class Column:
    """A heading, and to which side the cells below it lean."""

    heading: str
    align: Align = "right"


@dataclass(frozen=True)
class Table:
    """name is the stem of the files that hold it; bold names the rows that matter most."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    bold: frozenset[int] = frozenset()
    note: str = ""


def make_table(
    name: str,
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell | str]],
    *,
    bold: Iterable[int] = (),
    note: str = "",
) -> Table:
    """Return a table; texts become cells. Raises ValueError for a row of another length than the columns."""
    cells = tuple(tuple(Cell(c) if isinstance(c, str) else c for c in row) for row in rows)
    wrong = [row for row in cells if len(row) != len(columns)]
    if wrong:
        raise ValueError(f"table {name}: expected {len(columns)} cells in a row, received {len(wrong[0])}")
    return Table(name, caption, tuple(columns), cells, frozenset(bold), note)
