"""The files of a comparison of backends: JSON, CSV, Markdown and figures, beside its runs."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from cnnlab.dotted_keys import flatten
from cnnlab.files import plain, write_json, write_text
from cnnlab.report.backends.gather import BackendComparison, Side
from cnnlab.report.backends.tables import tables
from cnnlab.report.backends.words import conclusion, conditions
from cnnlab.report.figures.dots import comparison_dots
from cnnlab.report.figures.side_by_side import comparison_curves
from cnnlab.report.figures.style import save
from cnnlab.report.formats.csv_files import csv_files
from cnnlab.report.formats.markdown_file import table_markdown
from cnnlab.report.formats.plain import document_to_json
from cnnlab.report.formats.templating import markdown
from cnnlab.runs.comparison_folder import ComparisonFolder
from cnnlab.runs.records import to_csv

FIGURES = {"curves.png": comparison_curves, "results.png": comparison_dots}


def to_json(found: BackendComparison) -> dict[str, Any]:
    """Return the comparison as plain data: accuracies are fractions, memory is in bytes."""
    content = {
        "folder": found.folder.resolve(),
        "backends": [side.backend for side in found.sides],
        "sides": {side.backend: _side(side) for side in found.sides},
        "conclusion": conclusion(found),
        "conditions": list(conditions(found)),
        **document_to_json(found.document),
    }
    return dict(plain(content))


def write_comparison(found: BackendComparison) -> list[Path]:
    """Write comparison.json, comparison.md, backends.csv, results.csv, repeats.csv, comparison.csv and the figures.

    Returns the figures, and comparison.md. Raises RunError when the disk refuses.
    """
    folder, figures = found.folder, []
    for name, draw in FIGURES.items():
        figure = draw(found.comparison)
        if figure is not None:
            save(figure, folder / name)
            figures.append(folder / name)
    for name, text in csv_files(found.document).items():
        write_text(folder / name, text)
    write_text(
        folder / "backends.csv", to_csv([flatten({"backend": s.backend, **_side(s)}) for s in found.sides])
    )
    write_text(folder / "comparison.md", to_markdown(found, [path.name for path in figures]))
    write_json(ComparisonFolder(folder).result_path, to_json(found))
    return [folder / "comparison.md", *figures]


def to_markdown(found: BackendComparison, figures: list[str]) -> str:
    """The tables, the conclusion, what a reader must know, and the figures."""
    run = found.sides[0].report.run
    parts = [f"# {markdown(run.name)}: {', '.join(side.backend for side in found.sides)}"]
    parts += [f"{markdown(run.data_title)}; differences are from {found.sides[0].backend}."]
    parts += [table_markdown(table) for table in tables(found)]
    parts += [markdown(conclusion(found)), "\n".join(f"* {markdown(text)}." for text in conditions(found))]
    parts += [f"![{name.partition('.')[0]} of the backends side by side]({name})" for name in figures]
    return "\n\n".join(parts) + "\n"


def _side(side: Side) -> dict[str, Any]:
    return {
        "run": side.report.run.path.name,
        "costs": asdict(side.costs),
        "agreement": side.agreement and asdict(side.agreement),
        "inputs": side.inputs and asdict(side.inputs),
    }
