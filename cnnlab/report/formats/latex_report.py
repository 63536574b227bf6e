"""report.tex: the skeleton of a lab report, with a section per run, tables and figures in place."""

from collections.abc import Sequence

from cnnlab.report.formats.content import Content, Figure
from cnnlab.report.formats.templating import Raw, breakable, latex, latex_environment

WIDTH = r"0.48\linewidth"  # of a figure: two stand side by side


def to_latex_report(content: Content) -> str:
    """Return the whole file, which looks for ``tables/*.tex`` and ``figures/*`` beside it."""
    return (
        latex_environment()
        .get_template("report.tex.j2")
        .render(
            content=content,
            path=Raw,
            figures_latex=figures_latex,
            verbatim_latex=verbatim_latex,
            breakable=breakable,
        )
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


def _box(figure: Figure) -> str:
    name = figure.pdf.name if figure.pdf else figure.png.name
    return (
        f"\\begin{{minipage}}[t]{{{WIDTH}}}\n\\vspace{{0pt}}\\centering\n\\includegraphics[width=\\linewidth]{{figures/{name}}}\n"
        f"\\caption{{{latex(figure.caption)}.}}\n\\end{{minipage}}\n"
    )
