"""A document in the terminal, at 80 columns and wider.

A table that is too wide is folded: its columns continue in a second table below, with the columns that name the rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text as Shown

from cnnlab.report.document import Document, Section, Table, Text, Where, status_tone
from cnnlab.report.numbers import one_line

STYLES = {"": "", "good": "green", "bad": "red", "warning": "yellow", "active": "cyan"}
LABEL_WIDTH = 10


def print_document(document: Document, console: Console) -> None:
    """Print the notes and every section, what holds for all of them together at the end."""
    for note in document.notes:
        console.print(_text(f"note: {note}", "warning"))
    ordered = sorted(document.sections, key=lambda section: section.key != "runs")
    for number, section in enumerate(ordered):
        if number or document.notes:
            console.print()
        print_section(section, console)


def print_section(section: Section, console: Console) -> None:
    """Print heading, facts, tables, texts, the answer and the paths, an empty line between them."""
    console.print(_heading(section))
    print_texts(section.facts, console)
    print_body(section, console)
    if section.answer is not None:
        console.print()
        print_answer(section.answer, console)
    if section.paths:
        console.print()
        print_paths(section.paths, console)


def print_body(section: Section, console: Console) -> None:
    """Print tables and texts, an empty line before each."""
    tables = section.tables_for(Where.SCREEN)
    for number, table in enumerate(tables):
        console.print()
        again = any(following.note == table.note for following in tables[number + 1 :])
        print_table(replace(table, note="") if again else table, console, caption=len(tables) > 1)
    if section.texts:
        console.print()
        print_texts(section.texts, console)


def print_answer(answer: Text, console: Console) -> None:
    """Print the most important sentence."""
    console.print(_text(answer.text, answer.tone), style="bold")


def print_texts(texts: Iterable[Text], console: Console) -> None:
    """Print texts that fold beside their dim labels."""
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="dim", width=LABEL_WIDTH)
    grid.add_column(overflow="fold")
    for text in texts:
        grid.add_row(_text(text.label), _text(text.text, text.tone))
    if grid.row_count:
        console.print(grid)


def print_table(table: Table, console: Console, *, caption: bool = False) -> None:
    """Print a table, folded where it is wider than the console, and its note."""
    if caption:
        console.print(_text(table.caption), style="bold")
    grouped, folds = _layout(table, console.width)
    for number, places in enumerate(folds):
        if number:
            console.print()
        console.print(_grid(table, places, grouped, console.width))
    if table.screen_rows is not None and len(table.screen_rows) < len(table.rows):
        console.print(f"{len(table.screen_rows)} of {len(table.rows):,} rows; --output has all", style="dim")
    if table.note:
        console.print(_text(table.note), style="dim")


def print_paths(paths: Iterable[Path], console: Console) -> None:
    """Print one whole path a line, so that each can be copied."""
    for path in paths:
        console.print(_text(_from_here(path)), soft_wrap=True)


def _heading(section: Section) -> Shown:
    parts: list[tuple[str, str]] = [(one_line(section.title), "bold")]
    if section.marker:
        parts.append((f" [{one_line(section.marker)}]", "yellow"))
    if section.status:
        parts += [("  ", ""), (one_line(section.status), STYLES[status_tone(section.status)])]
    if section.state:
        parts.append(
            (f", {one_line(section.state)}" if section.status else f"  {one_line(section.state)}", "")
        )
    return Shown.assemble(*parts)


def _layout(table: Table, width: int) -> tuple[int | None, list[list[int]]]:
    """The column whose values become headings of their own, if any, and the columns of each fold."""
    places = table.shown(Where.SCREEN)
    group = next((place for place in places if table.columns[place].group), None)
    folds, too_wide = _folds(table, places, None, width)
    if group is not None and (too_wide or len(folds) > 1):
        rest = [place for place in places if place != group]
        others, still_too_wide = _folds(table, rest, group, width)
        if (still_too_wide, len(others)) < (too_wide, len(folds)):
            return group, others
    return None, folds


def _folds(
    table: Table, places: Sequence[int], grouped: int | None, width: int
) -> tuple[list[list[int]], bool]:
    """The columns of each fold, and whether some fold is too wide all the same."""
    keys = [place for place in places if table.columns[place].key]
    needed = _widths(table, places, grouped)
    folds: list[list[int]] = [[]]
    too_wide = False
    for place in places:
        taken = sum(needed[p] + 1 for p in {*folds[-1], *keys, place})
        if taken > width + 1 and set(folds[-1]) - set(keys):
            folds.append(list(keys))
            taken = sum(needed[p] + 1 for p in {*keys, place})
        too_wide |= taken > width + 1
        folds[-1].append(place)
    return folds, too_wide


def _widths(table: Table, places: Sequence[int], grouped: int | None) -> dict[int, int]:
    """How many characters each column needs; one of texts can be wrapped, the first one holds headings of groups."""
    found = {}
    for place in places:
        column = table.columns[place]
        texts = [*_head(table, place).split("\n"), *(row[place].text for row in table.rows)]
        if grouped is not None and place == places[0]:
            texts = [row[grouped].text for row in table.rows] + [f"  {text}" for text in texts]
        longest = max(map(len, texts))
        found[place] = min(longest, column.least) if column.align == "left" else longest
    return found


def _head(table: Table, place: int) -> str:
    column = table.columns[place]
    return "\n".join(map(one_line, (column.short or column.heading).split("\n")))


def _grid(table: Table, places: Sequence[int], grouped: int | None, width: int) -> Grid:
    needed = _widths(table, places, grouped)
    natural = sum(max([needed[p], *(len(row[p].text) for row in table.rows)]) + 2 for p in places)
    room = 2 if natural <= width + 2 else 1
    grid = Grid(box=None, padding=(0, room, 0, 0), pad_edge=False, header_style="bold")
    for place in places:
        align = table.columns[place].align
        texts = align == "left"
        grid.add_column(
            Shown(_head(table, place)),
            justify=align,
            no_wrap=not texts,
            overflow="fold",
            min_width=needed[place] if texts else None,
            vertical="bottom" if "\n" in _head(table, place) else "top",
        )
    for cells, style in _rows(table, places, grouped):
        grid.add_row(*cells, style=style)
    return grid


def _rows(
    table: Table, places: Sequence[int], grouped: int | None
) -> Iterator[tuple[list[Shown], str | None]]:
    """The rows; a value of a group once alone, as a heading above its rows or in the first of them."""
    once = next((place for place in places if table.columns[place].group), None)
    previous = ""
    for number in range(len(table.rows)) if table.screen_rows is None else table.screen_rows:
        row = table.rows[number]
        style = "bold" if number in table.bold else None
        place = grouped if grouped is not None else once
        new = place is None or row[place].text != previous
        previous = "" if place is None else row[place].text
        if grouped is not None and new and previous:
            yield [_text(previous)], style
        cells = [Shown("") if p == once and not new else _text(row[p].text, row[p].tone) for p in places]
        if grouped is not None and previous:
            cells[0] = Shown.assemble("  ", cells[0])
        yield cells, style


def _text(text: object, tone: str = "") -> Shown:
    """A text as it is: no markup of rich's, nothing that steers a terminal."""
    return Shown(one_line(text), style=STYLES[tone])


def _from_here(path: Path) -> Path:
    """Return the shorter of the path from the working directory and the absolute path."""
    absolute = path.resolve()
    here = Path.cwd().resolve()
    return absolute.relative_to(here) if absolute != here and absolute.is_relative_to(here) else absolute
