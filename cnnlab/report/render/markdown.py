"""report.md: the report for a repository or a wiki, with the figures beside it."""

from cnnlab.report.document import Document, Figure, Table, Text, Where
from cnnlab.report.render.escape import Raw, markdown, markdown_environment

RULES = {"left": ":--", "right": "--:", "center": ":-:"}


def to_markdown(document: Document, figures: str = "figures/") -> str:
    """Return the whole file; figures are named by their place beside it, ``figures/*.png`` by default."""
    template = markdown_environment().get_template("report.md.j2")
    text = template.render(
        document=document,
        bullet=_bullet,
        table_markdown=table_markdown,
        figure_markdown=lambda figure: figure_markdown(figure, figures),
    )
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip("\n") + "\n"


def table_markdown(table: Table) -> Raw:
    """Return caption, table and note."""
    places = table.shown(Where.PAGE)
    rows = []
    for number, row in enumerate(table.rows):
        texts = [markdown(row[place].text) for place in places]
        bold = number in table.bold
        rows.append(" | ".join(f"**{text}**" if bold and text else text for text in texts))
    head = " | ".join(markdown(table.columns[place].heading) for place in places)
    rule = "|".join(RULES[table.columns[place].align] for place in places)
    note = f"\n\n{markdown(table.note)}" if table.note else ""
    body = "\n".join(f"| {row} |" for row in rows)
    return Raw(f"**{markdown(table.caption)}**\n\n| {head} |\n|{rule}|\n{body}{note}")


def _bullet(text: Text) -> Raw:
    label = f"**{markdown(text.label)}**: " if text.label else ""
    return Raw(f"{label}{markdown(text.text)}")


def figure_markdown(figure: Figure, folder: str) -> Raw:
    """Return the figure with its alternative text, and its caption below."""
    assert figure.png is not None  # it was drawn before
    return Raw(
        f"![{markdown(figure.alternative)}]({folder}{figure.png.name})\n\n*{markdown(figure.caption)}.*"
    )
