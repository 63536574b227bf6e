"""A sweep as a document: every cell beside the reference, or, of an ablation, what each single change brings."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cnnlab.config.sweep_labels import short_names, value_text
from cnnlab.errors import counted
from cnnlab.report.builders.audit import audit_texts
from cnnlab.report.builders.result_tables import MEASURES
from cnnlab.report.cells import (
    EMPTY,
    SD_NOTE,
    difference_cell,
    difference_decimals,
    figure,
    interval_cell,
    number,
    p_cell,
    summary_cells,
)
from cnnlab.report.document import Cell, Cells, Column, Document, Section, Table, Text, Where, make_table
from cnnlab.report.figures.catalog import sweep_figures
from cnnlab.report.numbers import decimals_of, metric_label
from cnnlab.report.sweep.collect import CHOOSER, CellResult, SweepReport
from cnnlab.report.sweep.sentences import reference_sentence, sentences
from cnnlab.report.titles import positive_note
from cnnlab.runs.audit import read_audits
from cnnlab.runs.result import SPLIT_NAMES

MOST_CELLS = 40  # on a screen
CONTRAST = (
    Column("difference", short="diff."),
    Column("95 % interval of it", "center", Where.PEOPLE, short="interval"),
    Column("p", where=Where.PAGE),
    Column("p (Holm)", name="p_adjusted", short="p"),
)
PAIRED_NOTE = (
    "Differences, with their 95 % intervals, are from the reference; p of the paired t-test over shared seeds, Welch's "
    "where cells are not paired; adjusted for the number of comparisons (Holm)."
)


def sweep_document(report: SweepReport) -> Document:
    """Return the document of a sweep, or of its single changes."""
    whole = report.changes is None
    tables = [cells_table(report, report.whole, Where.PEOPLE) if whole else ablation_table(report)]
    tables += [stopped_table(report)] if whole and report.stopped else []
    reference, found = reference_sentence(report), list(sentences(report))
    texts = [Text("reference", reference), *(Text("", text) for text in found)]
    audits = [text for audit in read_audits(report.path).values() for text in audit_texts(audit)]
    section = Section(
        title=f"{'The sweep' if whole else 'One change at a time:'} {report.index.name}",
        key="",
        data_title=report.data_title,
        status=_status(report),
        state=_state(report),
        tables=(*tables, cells_table(report, report.cells, Where.DATA), repeats_table(report)),
        texts=(*texts, *audits, *(Text("note", note, "warning") for note in report.notes)),
        make_figures=lambda: sweep_figures(report),
        paths=(report.path,),
        data=_facts(report) | {"sentences": [reference, *found]},
    )
    return Document(report.index.name, (section,))


def cells_table(report: SweepReport, cells: Sequence[CellResult], where: Where) -> Table:
    """One row per cell: its values, n, the headline metric, and the difference from the reference."""
    (split, metric), names = report.headline, short_names(report.keys)
    apart = Where.PAGE if report.index.kind != "ablate" else Where(0)
    finished = all(cell.state.status == "done" for cell in cells)
    validation = Where.EVERYWHERE if report.headline != CHOOSER else Where.DATA
    columns = [
        Column("#", name="cell", key=True),
        Column("cell", "left", Where.PEOPLE & ~apart | Where.DATA, name="label", key=True, least=14),
        *(Column(names[key], "left", apart | Where.CSV, name=key) for key in report.keys),
        Column("values", where=Where.JSON),
        Column("status", "left", Where.FILES if finished else Where.EVERYWHERE),
        *(Column(name, where=Where.DATA) for name in ("run", "split", "metric")),
        MEASURES[0],
        Column(f"validation {metric_label(CHOOSER[1])}", where=validation, short="val %"),
        Column(f"{split} {metric_label(metric)}", name="mean", short=_short(split, metric)),
        MEASURES[2],
        Column("95 % interval", "center", Where.FILES, name="ci95"),
        *CONTRAST,
        *(Column(name, where=Where.DATA) for name in ("test", "paired", "stopped")),
        *(Column(name, where=Where.JSON) for name in ("hash", "seeds", "metrics")),
    ]
    runs = [cell.run for cell in cells]
    every = "Every cell of the sweep" if not report.stopped else "Every cell that was not stopped early,"
    return make_table(
        "sweep",
        f"{every} on {report.data_title}",
        columns,
        [_row(report, cell) for cell in cells],
        bold=[n for n, cell in enumerate(cells) if cell is report.baseline],
        note=f"{SD_NOTE} {PAIRED_NOTE} The reference is printed bold. {positive_note(*runs)}".strip(),
        where=where,
        data_name="cells",
        screen_rows=_best(report, cells) if len(cells) > MOST_CELLS else None,
    )


def stopped_table(report: SweepReport) -> Table:
    """One row per cell that was stopped early: where, and by which figure."""
    columns = [Column("#", key=True), Column("cell", "left", key=True, least=14), Column("epoch")]
    columns += [Column("metric", "left"), Column("value")]
    rows: list[Cells] = []
    for cell in report.stopped:
        stop = cell.state.stopped
        if stop is not None:
            figures = (number(stop.epoch), stop.metric, number(stop.value, ".4g"))
            rows.append([_cell_number(cell), cell.label, *figures])
    note = "Figures of the first repeat when it was stopped; the cell's other repeats were not run."
    caption, first = "Stopped early, and compared with nothing", tuple(range(min(MOST_CELLS, len(rows))))
    return make_table("stopped", caption, columns, rows, note=note, where=Where.PEOPLE, screen_rows=first)


def ablation_table(report: SweepReport) -> Table:
    """One row per single change, the largest loss first."""
    (split, metric), base, changes = report.headline, report.baseline, report.changes or {}
    columns = [
        Column("change", "left", key=True, least=20),
        Column("n"),
        Column(f"{split} {metric_label(metric)}"),
    ]
    rows: list[Cells] = []
    if base is not None:
        rows.append([f"none: {base.label}", *_headline(report, base)[:2], *[EMPTY] * 4])
    for cell, _ in report.compared:
        rows.append([changes[cell.number], *_headline(report, cell)[:2], *_contrast(cell)])
    caption = f"One thing changed at a time, on {report.data_title}"
    return make_table(
        "ablation", caption, [*columns, *CONTRAST], rows, bold=[0], note=PAIRED_NOTE, where=Where.PEOPLE
    )


def repeats_table(report: SweepReport) -> Table:
    """One row per repeat, with its metrics, for spreadsheets; without cells that were stopped early."""
    columns = [Column(name) for name in ("cell", "label", "repeat", "seed", "status", "metrics")]
    rows: list[Cells] = [
        [_cell_number(cell), cell.label, *(Cell("", value) for value in (repeat.k, repeat.seed, repeat.status)),
         Cell("", {split: repeat.metrics(split) for split in SPLIT_NAMES})]
        for cell in report.whole
        for repeat in (cell.run.repeats if cell.run is not None else ())
    ]  # fmt: skip
    return make_table("repeats", "Every repeat", columns, rows, where=Where.CSV)


def _row(report: SweepReport, cell: CellResult) -> Cells:
    split, metric = report.headline
    chooser, entry, contrast = cell.summaries.get(CHOOSER), cell.state.entry, cell.contrast
    decimals = None if chooser is None else decimals_of(CHOOSER[1], chooser.sd)
    test, pairs = (None, None) if contrast is None else (contrast.test, contrast.paired)
    metrics: dict[str, dict[str, Any]] = {}
    for (part, name), summary in cell.summaries.items():
        metrics.setdefault(part, {})[name] = asdict(summary)
    n, *measures = _headline(report, cell)
    return [
        _cell_number(cell),
        cell.label,
        *(_value(cell.values.get(key)) for key in report.keys),
        Cell("", dict(cell.values)),
        cell.state.status,
        entry.folder,
        split,
        metric,
        n,
        EMPTY if chooser is None else figure(CHOOSER[1], chooser.mean, decimals),
        *measures,
        *_contrast(cell),
        Cell("", {} if test is None else asdict(test)),
        Cell("", {} if pairs is None else {"n": len(pairs.differences), "sign": asdict(pairs.sign)}),
        Cell("", {} if cell.state.stopped is None else cell.state.stopped.figure()),
        entry.hash,
        Cell("", [] if cell.run is None or cell.stopped else [repeat.seed for repeat in cell.run.done]),
        Cell("", metrics),
    ]


def _headline(report: SweepReport, cell: CellResult) -> list[Cell]:
    """n, mean, sd and interval of the headline metric."""
    return summary_cells(report.headline[1], cell.summaries.get(report.headline))


def _contrast(cell: CellResult) -> list[Cell]:
    """The difference from the reference, its interval, and both p values."""
    contrast = cell.contrast
    if contrast is None:
        return [EMPTY] * 4
    metric, test = contrast.metric, contrast.test
    decimals = difference_decimals(metric, test)
    return [
        difference_cell(metric, contrast.difference, decimals),
        interval_cell(metric, None if test is None else test.ci95, decimals),
        p_cell(None if test is None else test.p),
        p_cell(contrast.p_adjusted),
    ]


def _best(report: SweepReport, cells: Sequence[CellResult]) -> tuple[int, ...]:
    """The places of the best cells by validation."""
    measured = [n for n, cell in enumerate(cells) if cell.mean(report.headline) is not None]
    return tuple(sorted(measured, key=lambda n: cells[n].mean(CHOOSER) or 0.0, reverse=True)[:MOST_CELLS])


def _cell_number(cell: CellResult) -> Cell:
    return Cell(str(cell.number), cell.number)


def _value(value: Any) -> Cell:
    return Cell(
        value_text(value),
        value if value is None or isinstance(value, int | float | str) else value_text(value),
    )


def _short(split: str, metric: str) -> str:
    return f"{split} %" if metric == "accuracy" else f"{split} {metric_label(metric)}"


def _status(report: SweepReport) -> str:
    return (
        "done" if all(cell.state.status in ("done", "stopped") for cell in report.cells) else "not finished"
    )


def _state(report: SweepReport) -> str:
    done = sum(cell.state.status == "done" for cell in report.cells)
    early = f", {len(report.stopped)} stopped early" if report.stopped else ""
    cells, repeats = counted(len(report.cells), "cell"), len(report.index.repeats)
    finished = sum(cell.state.done for cell in report.whole)
    if finished < len(report.whole) * repeats:
        each = f"{finished} of {counted(len(report.whole) * repeats, 'repeat')} finished"
    else:
        each = f"{counted(repeats, 'repeat')} each"
    return f"{done} of {cells} done{early}, {each}"


def _facts(report: SweepReport) -> dict[str, Any]:
    """Facts of the sweep for programs."""
    base, changes = report.baseline, report.changes
    ablation = None if changes is None else [
        {"change": changes[cell.number], "cell": cell.label} for cell, _ in report.compared
    ]  # fmt: skip
    return {
        "sweep": report.path.resolve(),
        "name": report.index.name,
        "kind": report.index.kind,
        "keys": report.keys,
        "repeats": report.index.repeats,
        "headline": report.headline,
        "reference": None if base is None else base.label,
        "reference_chosen": report.why,
        "positive_class": None if base is None or base.run is None else base.run.positive_class,
        "ablation": ablation,
        "notes": report.notes,
    }
