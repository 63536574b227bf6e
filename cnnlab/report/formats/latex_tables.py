"""tables/*.tex: booktabs tables that compile as they stand and can be \\input as well."""

from cnnlab.report.formats.table import Column, Table
from cnnlab.report.formats.templating import Raw, breakable, latex, latex_environment

ALIGNMENT = {"left": "l", "right": "r", "center": "c"}
LONG_TEXT = 30  # characters of a cell from which on its column is broken into lines
LONG_WORD = 14  # characters of a word that may be broken in such a column
MOST_TEXT_COLUMNS = 5  # a table of texts runs over pages; one of numbers is made to fit one


def latex_table(table: Table, stem: str) -> str:
    """Return the content of ``<stem>.tex``; the label is ``tab:<stem>``."""
    texts = _text_columns(table)
    long = bool(texts) and len(table.columns) <= MOST_TEXT_COLUMNS
    width = f"{0.9 / len(table.columns):.3f}\\linewidth" if long else ""
    rows = []
    for number, row in enumerate(table.rows):
        cells = [_cell(cell.text, width if place in texts else "") for place, cell in enumerate(row)]
        rows.append(Raw(" & ".join(map(_bold, cells) if number in table.bold else cells)))
    return (
        latex_environment()
        .get_template("table.tex.j2")
        .render(
            table=table,
            long=long,
            label=Raw(label(stem)),
            alignment=Raw("".join(ALIGNMENT[column.align] for column in table.columns)),
            header=Raw(" & ".join(map(_heading, table.columns))),
            rows=rows,
        )
    )


def label(stem: str) -> str:
    """Return `stem` in characters that LaTeX allows in a label."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "-.") else "-" for c in stem)


def _text_columns(table: Table) -> set[int]:
    """The columns in which some cell is a long text."""
    places = range(len(table.columns))
    return {place for place in places if any(len(row[place].text) > LONG_TEXT for row in table.rows)}


def _cell(text: str, width: str) -> str:
    return (
        f"\\parbox[t]{{{width}}}{{\\raggedright {breakable(text, LONG_WORD)}\\strut}}"
        if width
        else latex(text)
    )


def _heading(column: Column) -> str:
    """A heading of several words, one below the other: narrow columns keep a table within the page."""
    words = [latex(word) for word in column.heading.replace(" %", "\u00a0%").split(" ")]
    lines = r"\\".join(words)
    return f"\\shortstack[{ALIGNMENT[column.align]}]{{{lines}}}" if len(words) > 1 else lines


def _bold(text: str) -> str:
    return f"\\textbf{{{text}}}" if text else ""
