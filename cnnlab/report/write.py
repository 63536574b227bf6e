"""``cnnlab report --output``: a directory with the report in every format that was asked for."""

import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from cnnlab.errors import ConfigError, RunError
from cnnlab.files import write_bytes, write_json, write_text
from cnnlab.report.document import Document, Figure
from cnnlab.report.figures.style import save
from cnnlab.report.render.data import csv_files, to_json
from cnnlab.report.render.html import to_html
from cnnlab.report.render.latex import latex_tables, to_latex
from cnnlab.report.render.markdown import to_markdown

FORMATS = ("html", "md", "tex", "csv", "json", "png", "pdf")
DRAWN = {"html", "md", "png", "pdf"}
PNG_START = b"\x89PNG\r\n\x1a\n"
LARGEST_PICTURE = 2_000_000  # bytes of a PNG that is taken over from a run folder


def write_report(document: Document, directory: Path, formats: Collection[str] = FORMATS) -> list[Path]:
    """Write report.html, report.md, tables/*.tex, *.csv, report.json and figures/*.png and *.pdf.

    Returns the paths. Files of these names are replaced, others are left alone. `md` brings the PNGs along, which
    it points to. Raises RunError when the disk refuses.
    """
    wanted, written = set(formats), list[Path]()
    with tempfile.TemporaryDirectory() as elsewhere:
        if DRAWN & wanted:
            pngs = _folder(directory / "figures") if {"md", "png"} & wanted else Path(elsewhere)
            pdfs = _folder(directory / "figures") if "pdf" in wanted else None
            document = drawn(document, pngs if DRAWN - {"pdf"} & wanted else None, pdfs)
            written += [path for path in _files_of(document) if path.parent != Path(elsewhere)]
        _folder(directory)
        if "html" in wanted:
            written.append(_write(directory / "report.html", to_html(document)))
    if "md" in wanted:
        written.append(_write(directory / "report.md", to_markdown(document)))
    if "tex" in wanted:
        written += _write_tables(document, directory)
    if "csv" in wanted:
        written += [_write(directory / name, text) for name, text in csv_files(document).items()]
    if "json" in wanted:
        write_json(directory / "report.json", to_json(document))
        written.append(directory / "report.json")
    return written


def write_latex_report(document: Document, directory: Path) -> list[Path]:
    """Write report.tex with its tables and figures, ready for pdfLaTeX; returns the paths."""
    document = drawn(document, None, _folder(directory / "figures"))
    report = _write(directory / "report.tex", to_latex(document))
    return [report, *_write_tables(document, directory), *_files_of(document)]


def drawn(document: Document, pngs: Path | None, pdfs: Path | None) -> Document:
    """Draw every figure into the folders, and return the document with them; a note for each that could not be read."""
    sections, notes = [], list(document.notes)
    for section in document.sections:
        figures: list[Figure] = []
        for figure in section.make_figures():
            stem = _unused(f"{section.prefix}{figure.name}", [one.name for one in figures])
            made = replace(figure, name=stem)
            made = _copied(made, pdfs or pngs, notes) if made.path is not None else _drawn(made, pngs, pdfs)
            figures += [made] if made.png or made.pdf else []
        sections.append(replace(section, figures=tuple(figures)))
    return replace(document, sections=tuple(sections), notes=tuple(notes))


def _drawn(figure: Figure, pngs: Path | None, pdfs: Path | None) -> Figure:
    picture = figure.draw() if figure.draw is not None else None
    if picture is None:
        return figure
    png, pdf = (
        folder and folder / f"{figure.name}.{kind}" for folder, kind in ((pngs, "png"), (pdfs, "pdf"))
    )
    for path in filter(None, (png, pdf)):
        save(picture, path)
    return replace(figure, png=png, pdf=pdf)


def _copied(figure: Figure, folder: Path | None, notes: list[str]) -> Figure:
    """The PNG of a run folder, copied; as it was, with a note, where it is not one, is too large or cannot be read."""
    source = figure.path
    if source is None or folder is None:
        return figure
    try:
        content = source.read_bytes() if source.stat().st_size <= LARGEST_PICTURE else b""
    except OSError:
        content = b""
    if not content.startswith(PNG_START):
        notes.append(f"{source.name} of {source.parent.name} is not a PNG of at most 2 MB: left out")
        return figure
    write_bytes(folder / f"{figure.name}.png", content)
    return replace(figure, png=folder / f"{figure.name}.png")


def _files_of(document: Document) -> Iterator[Path]:
    for section in document.sections:
        for figure in section.figures:
            yield from filter(None, (figure.png, figure.pdf))


def _write_tables(document: Document, directory: Path) -> list[Path]:
    folder = _folder(directory / "tables")
    return [_write(folder / f"{stem}.tex", text) for stem, text in latex_tables(document).items()]


def _folder(path: Path) -> Path:
    """Make a folder with its parents unless it is there; raises RunError when the disk refuses."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(
            f"Cannot write the report to {path}: {error.strerror or error}. Name another DIR."
        ) from error
    return path


def _unused(stem: str, taken: Collection[str]) -> str:
    number, free = 2, stem
    while free in taken:
        free, number = f"{stem}-{number}", number + 1
    return free


def _write(path: Path, text: str) -> Path:
    write_text(path, text)
    return path


def chosen_formats(names: Sequence[str]) -> tuple[str, ...]:
    """The formats that are named, all of them without one; each name may hold several, with commas."""
    wanted = [word for name in names for word in name.replace(",", " ").split()]
    unknown = [word for word in wanted if word not in FORMATS]
    if unknown:
        raise ConfigError(f"--format expects {', '.join(FORMATS)}, got '{unknown[0]}'.")
    return tuple(wanted) or FORMATS
