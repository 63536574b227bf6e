"""A report laid out for templates: texts, tables and figures, in their order, and nothing yet of any format."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cnnlab.report.collect import RunReport
from cnnlab.report.comparison import Comparison
from cnnlab.report.document import Document
from cnnlab.report.figures.catalog import comparison_drawings, drawings, pictures
from cnnlab.report.formats.comparison_tables import changes_table, metrics_table
from cnnlab.report.formats.result_tables import repeats_table, results_table
from cnnlab.report.formats.table import Column, Table, make_table
from cnnlab.report.formats.verification_tables import verification_tables
from cnnlab.report.numbers import one_line
from cnnlab.report.remarks import Remark, facts, remarks, state_in_words
from cnnlab.report.setting_words import setting_in_words
from cnnlab.report.titles import data_marker
from cnnlab.report.verification.render import read_verification
from cnnlab.report.verification.verdict import difference_sentence
from cnnlab.report.words import contrast_sentence
from cnnlab.runs.environment import Environment
from cnnlab.runs.folder import slug

PACKAGES = ("keras", "tensorflow", "jax", "torch", "numpy", "scipy", "scikit-image", "matplotlib")


@dataclass(frozen=True)
class Figure:
    """A figure that was drawn, or copied from a run folder: `png` in any case, `pdf` where it was drawn."""

    name: str
    caption: str
    alternative: str
    png: Path
    pdf: Path | None


@dataclass(frozen=True)
class Section:
    """One run or pool. prefix is what the names of its files begin with: empty in a report of one section."""

    title: str
    prefix: str
    status: str
    state: str
    marker: str
    facts: tuple[Remark, ...]
    remarks: tuple[Remark, ...]
    setting: tuple[Remark, ...]
    tables: tuple[Table, ...]
    config: str
    environment: Table
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class SideBySide:
    """The comparison, of runs or of a sweep's cells."""

    reference: str
    tables: tuple[Table, ...]
    sentences: tuple[str, ...]
    notes: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    heading: str = "Side by side"


@dataclass(frozen=True)
class Content:
    """What templates are given."""

    title: str
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    comparison: SideBySide | None


def lay_out(document: Document) -> Content:
    """Return everything but the figures, which are added as they are drawn."""
    prefixes = section_prefixes(document)
    pairs = zip(document.sections, prefixes, strict=True)
    comparison = document.comparison
    return Content(
        document.title,
        tuple(map(one_line, document.notes)),
        tuple(_section(report, prefix) for report, prefix in pairs),
        None if comparison is None else _side_by_side(comparison),
    )


def section_prefixes(document: Document) -> list[str]:
    """Return what each section's files begin with: "1-lab2025-"; empty where there is one section."""
    if len(document.sections) == 1:
        return [""]
    return [f"{number}-{slug(s.run.name)[:40]}-" for number, s in enumerate(document.sections, start=1)]


def _section(report: RunReport, prefix: str) -> Section:
    run = report.run
    below = list(remarks(report))
    if run.kind == "verify":
        tables, verdict = _verification(report)
        below = [verdict, *below]
    else:
        tables = (results_table(report), repeats_table(report)) if report.rows else ()
    return Section(
        title=one_line(run.name),
        prefix=prefix,
        status=one_line(run.status),
        state=state_in_words(report),
        marker=data_marker(run),
        facts=tuple(facts(report)),
        remarks=tuple(below),
        setting=tuple(setting_in_words(run)),
        tables=tables,
        config=yaml.safe_dump(_plain(run.config), sort_keys=False, allow_unicode=True, width=90),
        environment=_environment(report),
    )


def _verification(report: RunReport) -> tuple[tuple[Table, ...], Remark]:
    result = read_verification(report.run.path)
    try:
        if result is None:
            raise ValueError
        tables = tuple(verification_tables(result))
        if result["passed"]:
            return tables, Remark("verdict", "Keras and NumPy agree within rounding.")
        return tables, Remark("verdict", f"DIFFERENT: {one_line(difference_sentence(result))}.", warning=True)
    except (KeyError, TypeError, ValueError, AttributeError):
        return (), Remark(
            "verdict", "verify.json is missing or damaged: this run has no verdict.", warning=True
        )


def _side_by_side(comparison: Comparison) -> SideBySide:
    tables = [changes_table(comparison)] if comparison.changes else []
    sentences = [
        contrast_sentence(comparison, contrast)
        for contrast in comparison.contrasts
        if (contrast.split, contrast.metric) == comparison.headline
    ]
    return SideBySide(
        comparison.labels[0],
        (metrics_table(comparison), *tables),
        tuple(sentences),
        tuple(map(one_line, comparison.notes)),
    )


def _environment(report: RunReport) -> Table:
    rows = [
        [label, one_line(value)]
        for source in report.sources
        for label, value in _facts_of(source.environment)
    ]
    if len(report.sources) > 1:
        names = [s.path.name for s in report.sources for _ in _facts_of(s.environment)]
        rows = [
            [f"{label} ({one_line(name)})", value] for name, (label, value) in zip(names, rows, strict=True)
        ]
    columns = [Column("environment", "left"), Column("value", "left")]
    return make_table("environment", "Environment", columns, rows)


def _facts_of(environment: Environment) -> Iterator[tuple[str, object]]:
    packages, git = environment.packages, environment.git
    versions = [f"{name} {packages[name]}" for name in PACKAGES if name in packages]
    commit = f"{git.commit}{' with uncommitted changes' if git.dirty else ''}"
    for label, value in (
        ("cnnlab", environment.cnnlab),
        ("Python", environment.python),
        ("packages", ", ".join(versions)),
        ("platform", environment.platform),
        ("processor", environment.machine.cpu),
        ("threads of a repeat", environment.layout.threads),
        ("device", environment.layout.device),
        ("command", environment.command),
        ("git commit", commit if git.commit else None),
        ("data file", environment.data.source),
        ("SHA-256 of the data", environment.data.sha256),
        ("experiment hash", environment.experiment_hash),
    ):
        if value not in (None, ""):
            yield label, value


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, dict) else value


def figure_sources(document: Document) -> Iterator[tuple[int | None, Sequence[Any]]]:
    """What is to be drawn or copied, by the number of its section; None stands for the comparison."""
    for number, report in enumerate(document.sections):
        yield number, [*drawings(report), *pictures(report)]
    if document.comparison is not None:
        yield None, list(comparison_drawings(document.comparison))
