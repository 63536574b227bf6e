"""The files of a comparison of backends: JSON, CSV, Markdown and figures, beside its runs."""

from pathlib import Path

from cnnlab.files import write_json, write_text
from cnnlab.report.backends.gather import BackendComparison
from cnnlab.report.builders.backends import backends_document
from cnnlab.report.document import Document
from cnnlab.report.render.data import csv_files, to_json
from cnnlab.report.render.markdown import to_markdown
from cnnlab.report.write import drawn
from cnnlab.runs.comparison_folder import ComparisonFolder


def write_comparison(found: BackendComparison) -> list[Path]:
    """Write comparison.json, comparison.md, backends.csv, results.csv, repeats.csv, comparison.csv and the figures.

    Returns comparison.md, and the figures. Raises RunError when the disk refuses.
    """
    folder, document = found.folder, backends_document(found)
    page = drawn(Document(document.title, document.sections[:1]), folder, None)
    for name, text in csv_files(document).items():
        write_text(folder / name, text)
    write_text(folder / "comparison.md", to_markdown(page, figures=""))
    write_json(ComparisonFolder(folder).result_path, to_json(document))
    figures = [figure.png for figure in page.sections[0].figures if figure.png is not None]
    return [folder / "comparison.md", *figures]
