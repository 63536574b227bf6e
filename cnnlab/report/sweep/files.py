"""A sweep's report in files: HTML, Markdown, LaTeX, CSV, JSON, PNG and PDF."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cnnlab.files import plain
from cnnlab.report.formats import FORMATS
from cnnlab.report.formats.content import Content, SideBySide
from cnnlab.report.formats.csv_files import csv_text
from cnnlab.report.formats.write import write_content, write_latex_content
from cnnlab.report.numbers import one_line
from cnnlab.report.sweep.ablation import Change
from cnnlab.report.sweep.collect import CellResult, SweepReport
from cnnlab.report.sweep.figures import sweep_drawings
from cnnlab.report.sweep.tables import ablation_table, cells_table, stopped_table
from cnnlab.report.sweep.words import reference_in_words, sentences

STOPPED = ("stopped_epoch", "stopped_metric", "stopped_value")
CONTRAST = ("difference", "low", "high", "test", "pairs", "p", "p_holm", "effect_size", "detectable")


def write_sweep_report(
    report: SweepReport,
    changes: Sequence[Change] | None,
    directory: Path,
    formats: Collection[str] = FORMATS,
) -> list[Path]:
    """Write the report of a sweep, or of its single changes, into `directory`; returns the paths."""
    return write_content(
        layout(report, changes),
        [(None, list(sweep_drawings(report, changes)))],
        lambda: {"sweep.csv": cells_csv(report), "repeats.csv": repeats_csv(report)},
        lambda: sweep_to_json(report, changes),
        directory,
        formats,
    )


def write_sweep_latex(report: SweepReport, changes: Sequence[Change] | None, directory: Path) -> list[Path]:
    """Write report.tex of a sweep, with its tables and figures; returns the paths."""
    sources = [(None, list(sweep_drawings(report, changes)))]
    return write_latex_content(layout(report, changes), sources, directory)


def layout(report: SweepReport, changes: Sequence[Change] | None) -> Content:
    """The report's texts and tables."""
    tables = [cells_table(report)] if changes is None else [ablation_table(report, changes)]
    if changes is None and report.stopped:
        tables.append(stopped_table(report))
    heading = "The sweep" if changes is None else "One change at a time"
    comparison = SideBySide(
        reference_in_words(report),
        tuple(tables),
        tuple(sentences(report)),
        tuple(report.notes),
        heading=heading,
    )
    return Content(one_line(report.index.name), (), (), comparison)


def sweep_to_json(report: SweepReport, changes: Sequence[Change] | None = None) -> dict[str, Any]:
    """The report as plain data; accuracies are fractions of 1."""
    base = report.baseline
    content = {
        "sweep": report.path.resolve(),
        "name": report.index.name,
        "kind": report.index.kind,
        "keys": report.keys,
        "repeats": report.index.repeats,
        "headline": report.headline,
        "reference": None if base is None else base.label,
        "reference_chosen": report.why,
        "cells": [_cell_json(cell) for cell in report.cells],
        "ablation": None if changes is None else [{"change": c.words, "cell": c.cell.label} for c in changes],
        "sentences": [f"The reference is {reference_in_words(report)}.", *sentences(report)],
        "notes": report.notes,
    }
    return dict(plain(content))


def cells_csv(report: SweepReport) -> str:
    """One row per cell: values, figures of the headline metric, validation accuracy, contrast, where it was stopped."""
    split, metric = report.headline
    head = ["cell", "label", *report.keys, "status", "run", "split", "metric", "n", "mean", "sd", "ci95_low"]
    rows: list[Sequence[object]] = []
    for cell in report.cells:
        summary = cell.summaries.get(report.headline)
        figures = (0, None, None, None, None) if summary is None else (
            summary.n, summary.mean, summary.sd, *(summary.ci95 or (None, None))
        )  # fmt: skip
        values = [cell.values.get(key) for key in report.keys]
        start = [cell.number, cell.label, *values, cell.state.status, cell.state.entry.folder, split, metric]
        stop = cell.state.stopped.figure() if cell.state.stopped else {}
        stopped = [stop.get(name.removeprefix("stopped_")) for name in STOPPED]
        rows.append([*start, *figures, cell.mean(("validation", "accuracy")), *_contrast_row(cell), *stopped])
    return csv_text([*head, "ci95_high", "validation_accuracy", *CONTRAST, *STOPPED], rows)


def repeats_csv(report: SweepReport) -> str:
    """One row per repeat, split and metric, as in the report of runs; without cells that were stopped early."""
    rows: list[Sequence[object]] = []
    for cell in report.whole:
        for repeat in cell.run.repeats if cell.run is not None else ():
            start = [cell.number, cell.label, repeat.k, repeat.seed, repeat.status]
            for split in ("train", "validation", "test"):
                rows += [[*start, split, name, value] for name, value in repeat.metrics(split).items()]
    return csv_text(["cell", "label", "repeat", "seed", "status", "split", "metric", "value"], rows)


def _contrast_row(cell: CellResult) -> Sequence[object]:
    contrast = cell.contrast
    if contrast is None:
        return [None] * len(CONTRAST)
    test, pairs = contrast.test, contrast.paired
    kind = None if test is None else "Welch" if pairs is None else "paired"
    count = None if pairs is None else len(pairs.differences)
    if test is None:
        return [contrast.difference, None, None, kind, count, None, None, None, None]
    return [
        *(contrast.difference, *test.ci95, kind, count, test.p, contrast.p_adjusted),
        *(test.effect_size, test.detectable),
    ]


def _cell_json(cell: CellResult) -> dict[str, Any]:
    metrics: dict[str, dict[str, Any]] = {}
    for (split, name), summary in cell.summaries.items():
        metrics.setdefault(split, {})[name] = asdict(summary)
    return {
        "cell": cell.number,
        "label": cell.label,
        "values": cell.values,
        "hash": cell.state.entry.hash,
        "run": cell.state.path.resolve(),
        "status": cell.state.status,
        "stopped": cell.state.stopped,
        "seeds": [] if cell.run is None or cell.stopped else [repeat.seed for repeat in cell.run.done],
        "metrics": metrics,
        "contrast": None if cell.contrast is None else asdict(cell.contrast),
    }
