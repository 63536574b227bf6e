"""report.md: the report for a repository or a wiki, with the figures beside it."""

from cnnlab.report.formats.content import Content, Figure
from cnnlab.report.formats.table import Table
from cnnlab.report.formats.templating import Raw, markdown, markdown_environment

RULES = {"left": ":--", "right": "--:", "center": ":-:"}


def to_markdown(content: Content) -> str:
    """Return the whole file; figures are named by their place beside it, ``figures/*.png``."""
    text = (
        markdown_environment()
        .get_template("report.md.j2")
        .render(content=content, table_markdown=table_markdown, figure_markdown=figure_markdown)
    )
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip("\n") + "\n"


def table_markdown(table: Table) -> Raw:
    """Return caption, table and note."""
    rows = [
        " | ".join(
            f"**{text}**" if number in table.bold and text else text
            for text in (markdown(c.text) for c in row)
        )
        for number, row in enumerate(table.rows)
    ]
    head = " | ".join(markdown(column.heading) for column in table.columns)
    rule = "|".join(RULES[column.align] for column in table.columns)
    note = f"\n\n{markdown(table.note)}" if table.note else ""
    body = "\n".join(f"| {row} |" for row in rows)
    return Raw(f"**{markdown(table.caption)}**\n\n| {head} |\n|{rule}|\n{body}{note}")


def figure_markdown(figure: Figure) -> Raw:
    """Return the figure with its alternative text, and its caption below."""
    return Raw(
        f"![{markdown(figure.alternative)}](figures/{figure.png.name})\n\n*{markdown(figure.caption)}.*"
    )
