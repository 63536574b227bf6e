"""LaTeX: tables that compile as they stand and can be \\input as well, and the skeleton of a lab report."""

from collections.abc import Sequence

from cnnlab.report.document import Column, Document, Figure, Table, Where
from cnnlab.report.render.escape import Raw, breakable, latex, latex_environment

ALIGNMENT = {"left": "l", "right": "r", "center": "c"}
LONG_TEXT = 30  # characters of a cell from which on its column is broken into lines
LONG_WORD = 14  # characters of a word that may be broken in such a column
MOST_TEXT_COLUMNS = 5  # a table of texts runs over pages; one of numbers is made to fit one
FIGURE_WIDTH = r"0.48\linewidth"  # two stand side by side


def to_latex(document: Document) -> str:
    """Return the whole report.tex, which looks for ``tables/*.tex`` and ``figures/*`` beside it."""
    template = latex_environment().get_template("report.tex.j2")
    return template.render(
        document=document,
        path=Raw,
        figures_latex=figures_latex,
        verbatim_latex=verbatim_latex,
        breakable=breakable,
    )


def latex_tables(document: Document) -> dict[str, str]:
    """Return the content of ``<stem>.tex`` for each table of the pages, by its stem."""
    return {
        f"{section.prefix}{table.name}": latex_table(table, f"{section.prefix}{table.name}")
        for section in document.sections
        for table in section.tables_for(Where.PAGE)
    }


def latex_table(table: Table, stem: str) -> str:
    """Return the content of ``<stem>.tex``; the label is ``tab:<stem>``."""
    places = table.shown(Where.PAGE)
    columns = [table.columns[place] for place in places]
    texts = {place for place in places if any(len(row[place].text) > LONG_TEXT for row in table.rows)}
    long = bool(texts) and len(columns) <= MOST_TEXT_COLUMNS
    width = f"{0.9 / len(columns):.3f}\\linewidth" if long else ""
    rows = []
    for number, row in enumerate(table.rows):
        cells = [_cell(row[place].text, width if place in texts else "") for place in places]
        rows.append(Raw(" & ".join(map(_bold, cells) if number in table.bold else cells)))
    template = latex_environment().get_template("table.tex.j2")
    return template.render(
        table=table,
        long=long,
        label=Raw(_label(stem)),
        alignment=Raw("".join(ALIGNMENT[column.align] for column in columns)),
        header=Raw(" & ".join(map(_heading, columns))),
        rows=rows,
    )


def figures_latex(figures: Sequence[Figure]) -> Raw:
    """Return the figures, two in a row, each with its caption."""
    rows = []
    for start in range(0, len(figures), 2):
        boxes = [_box(figure) for figure in figures[start : start + 2]]
        rows.append("\\begin{figure}[htbp]\n\\centering\n" + "\\hfill\n".join(boxes) + "\\end{figure}\n")
    return Raw("\n".join(rows))


def verbatim_latex(text: str) -> Raw:
    """Return text line by line, its indentation kept, whatever it holds: a config must not end its own environment."""
    lines = []
    for line in text.rstrip("\n").split("\n"):
        bare = line.lstrip(" ")
        lines.append(r"\mbox{}" + "~" * (len(line) - len(bare)) + breakable(bare))
    return Raw("\\\\\n".join(lines))


def _label(stem: str) -> str:
    """Return `stem` in characters that LaTeX allows in a label."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "-.") else "-" for c in stem)


def _cell(text: str, width: str) -> str:
    if not width:
        return latex(text)
    return f"\\parbox[t]{{{width}}}{{\\raggedright {breakable(text, LONG_WORD)}\\strut}}"


def _heading(column: Column) -> str:
    """A heading of several words, one below the other: narrow columns keep a table within the page."""
    words = [latex(word) for word in column.heading.replace(" %", "\u00a0%").split(" ")]
    lines = r"\\".join(words)
    return f"\\shortstack[{ALIGNMENT[column.align]}]{{{lines}}}" if len(words) > 1 else lines


def _bold(text: str) -> str:
    return f"\\textbf{{{text}}}" if text else ""


def _box(figure: Figure) -> str:
    written = figure.pdf or figure.png
    assert written is not None  # it was drawn before
    return (
        f"\\begin{{minipage}}[t]{{{FIGURE_WIDTH}}}\n\\vspace{{0pt}}\\centering\n"
        f"\\includegraphics[width=\\linewidth]{{figures/{written.name}}}\n"
        f"\\caption{{{latex(figure.caption)}.}}\n\\end{{minipage}}\n"
    )
