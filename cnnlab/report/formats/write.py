"""``cnnlab report --output``: a directory with the report in every format that was asked for."""

import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnnlab.errors import RunError
from cnnlab.files import write_bytes, write_json, write_text
from cnnlab.report.document import Document
from cnnlab.report.figures.catalog import Drawing, Picture
from cnnlab.report.figures.style import save
from cnnlab.report.formats import FORMATS
from cnnlab.report.formats.content import Content, Figure, figure_sources, lay_out
from cnnlab.report.formats.csv_files import csv_files
from cnnlab.report.formats.html_file import to_html
from cnnlab.report.formats.latex_report import to_latex_report
from cnnlab.report.formats.latex_tables import latex_table
from cnnlab.report.formats.markdown_file import to_markdown
from cnnlab.report.formats.plain import document_to_json

FigureSources = tuple[int | None, Sequence[Drawing | Picture]]
"""What is to be drawn or copied, and the number of its section; None stands for the comparison."""

DRAWN = {"html", "md", "png", "pdf"}
PNG_START = b"\x89PNG\r\n\x1a\n"
LARGEST_PICTURE = 2_000_000  # bytes of a PNG that is taken over from a run folder


def write_report(document: Document, directory: Path, formats: Collection[str] = FORMATS) -> list[Path]:
    """Write report.html, report.md, tables/*.tex, *.csv, report.json and figures/*.png and *.pdf.

    Returns the paths. Files of these names are replaced, others are left alone. `md` brings the PNGs along, which
    it points to. Raises RunError when the disk refuses.
    """
    return write_content(
        lay_out(document),
        list(figure_sources(document)),
        lambda: csv_files(document),
        lambda: document_to_json(document),
        directory,
        formats,
    )


def write_content(
    content: Content,
    sources: Sequence[FigureSources],
    csv_of: Callable[[], Mapping[str, str]],
    json_of: Callable[[], Mapping[str, Any]],
    directory: Path,
    formats: Collection[str],
) -> list[Path]:
    """Write a report that is laid out already: `sources` are its figures; of CSV, the texts by the files' names."""
    written: list[Path] = []
    with tempfile.TemporaryDirectory() as elsewhere:
        if DRAWN & set(formats):
            figures = (
                make_folder(directory / "figures") if set(formats) & {"md", "png", "pdf"} else Path(elsewhere)
            )
            content = with_figures(sources, content, figures, Path(elsewhere), formats)
            kept = [path for figure in all_figures(content) for path in (figure.png, figure.pdf)]
            written += [path for path in kept if path is not None and path.parent != Path(elsewhere)]
        make_folder(directory)
        if "html" in formats:
            written.append(_write(directory / "report.html", to_html(content)))
    if "md" in formats:
        written.append(_write(directory / "report.md", to_markdown(content)))
    if "tex" in formats:
        written += write_tables(content, directory)
    if "csv" in formats:
        written += [_write(directory / name, text) for name, text in csv_of().items()]
    if "json" in formats:
        write_json(directory / "report.json", json_of())
        written.append(directory / "report.json")
    return written


def write_latex_report(document: Document, directory: Path) -> list[Path]:
    """Write report.tex with its tables and figures, ready for pdfLaTeX; returns the paths."""
    return write_latex_content(lay_out(document), list(figure_sources(document)), directory)


def write_latex_content(content: Content, sources: Sequence[FigureSources], directory: Path) -> list[Path]:
    """Write report.tex of a report that is laid out already; see `write_content`."""
    figures = make_folder(directory / "figures")
    with tempfile.TemporaryDirectory() as elsewhere:
        content = with_figures(sources, content, figures, Path(elsewhere), ("pdf",))
    kept = [figure.pdf or figure.png for figure in all_figures(content)]
    report = _write(directory / "report.tex", to_latex_report(content))
    return [report, *write_tables(content, directory), *kept]


def write_tables(content: Content, directory: Path) -> list[Path]:
    """Write every table as tables/<name>.tex."""
    folder = make_folder(directory / "tables")
    tables = [(section.prefix, table) for section in content.sections for table in section.tables]
    if content.comparison is not None:
        tables += [("", table) for table in content.comparison.tables]
    stems = [(f"{prefix}{table.name}", table) for prefix, table in tables]
    return [_write(folder / f"{stem}.tex", latex_table(table, stem)) for stem, table in stems]


def all_figures(content: Content) -> list[Figure]:
    """Every figure of the report."""
    beside = content.comparison.figures if content.comparison is not None else ()
    return [*beside, *(figure for section in content.sections for figure in section.figures)]


def with_figures(
    sources: Sequence[FigureSources],
    content: Content,
    folder: Path,
    elsewhere: Path,
    formats: Collection[str],
) -> Content:
    """Draw and copy every figure, and return the content with them.

    `folder` gets what is asked for; PNGs that only the page needs, and is not to leave behind, go to `elsewhere`.
    """
    pngs = folder if {"md", "png"} & set(formats) else elsewhere
    pdfs = folder if "pdf" in formats else None
    sections, comparison, notes = list(content.sections), content.comparison, list(content.notes)
    for number, wanted in sources:
        prefix = "" if number is None else sections[number].prefix
        figures = _figures(wanted, prefix, pngs, pdfs, "html" in formats or pngs == folder, notes)
        if number is None and comparison is not None:
            comparison = replace(comparison, figures=tuple(figures))
        elif number is not None:
            sections[number] = replace(sections[number], figures=tuple(figures))
    return replace(content, sections=tuple(sections), comparison=comparison, notes=tuple(notes))


def make_folder(path: Path) -> Path:
    """Make a folder with its parents unless it is there; raises RunError when the disk refuses."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(
            f"Cannot write the report to {path}: {error.strerror or error}. Name another DIR."
        ) from error
    return path


def _figures(
    sources: Sequence[Drawing | Picture],
    prefix: str,
    pngs: Path,
    pdfs: Path | None,
    as_png: bool,
    notes: list[str],
) -> list[Figure]:
    found: list[Figure] = []
    for source in sources:
        stem = _unused(f"{prefix}{source.name}", [figure.png.stem for figure in found])
        png = pngs / f"{stem}.png"
        if isinstance(source, Picture):
            target = pdfs / f"{stem}.png" if pdfs else png  # LaTeX takes it as it is
            if _copy(source.path, target, notes):
                found.append(Figure(stem, source.caption, source.alternative, target, None))
            continue
        figure = source.draw()
        if figure is None:
            continue
        if as_png:
            save(figure, png)
        pdf = pdfs / f"{stem}.pdf" if pdfs else None
        if pdf is not None:
            save(figure, pdf)
        found.append(Figure(stem, source.caption, source.alternative, png, pdf))
    return found


def _copy(source: Path, target: Path, notes: list[str]) -> bool:
    """Copy a PNG; False, with a note, for what is none, is too large or cannot be read."""
    try:
        content = source.read_bytes() if source.stat().st_size <= LARGEST_PICTURE else b""
    except OSError:
        content = b""
    if not content.startswith(PNG_START):
        notes.append(f"{source.name} of {source.parent.name} is no PNG of at most 2 MB: left out")
        return False
    write_bytes(target, content)
    return True


def _unused(stem: str, taken: Sequence[str]) -> str:
    number, free = 2, stem
    while free in taken:
        free, number = f"{stem}-{number}", number + 1
    return free


def _write(path: Path, text: str) -> Path:
    write_text(path, text)
    return path
