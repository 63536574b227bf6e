"""A comparison of backends as a section: agreement on the first batch, results, costs, one column for each."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace

from cnnlab.report.backends.agreement import Agreement
from cnnlab.report.backends.costs import Costs
from cnnlab.report.backends.gather import BackendComparison, BackendResult
from cnnlab.report.backends.sentences import conclusion, conditions
from cnnlab.report.builders.report import build_report
from cnnlab.report.cells import EMPTY, difference_cell, difference_decimals, interval_cell, number
from cnnlab.report.document import (
    Cell,
    Cells,
    Column,
    Document,
    Figure,
    Section,
    Table,
    Text,
    Where,
    make_table,
)
from cnnlab.report.figures.catalog import comparison_figures
from cnnlab.report.numbers import mean_sd, metric_label

SHOWN = ("accuracy", "auc", "cross_entropy")  # of each split; every other metric is in the files
FIGURES = {"comparison": "results", "comparison_curves": "curves"}  # the names of their files


def backends_section(found: BackendComparison) -> Section:
    """The tables, and what they say; the answer is whether anything differs beyond chance."""
    run, answer, notes = found.sides[0].report.run, conclusion(found), list(conditions(found))
    others = (*found.comparison.notes, *found.gathered.notes)
    return Section(
        title=f"{run.name}: {', '.join(side.backend for side in found.sides)}",
        key="",
        data_title=run.data.name,
        state=f"on {run.data.name}; differences are from {found.sides[0].backend}",
        answer=Text("", answer),
        tables=(agreement_table(found), results_table(found), costs_table(found), sides_table(found)),
        texts=tuple(Text("note", f"{text}.") for text in (*notes, *others)),
        make_figures=lambda: _figures(found),
        data={
            "folder": found.folder.resolve(),
            "backends": [side.backend for side in found.sides],
            "conclusion": answer,
            "conditions": notes,
        },
    )


def backends_document(found: BackendComparison) -> Document:
    """The comparison of backends, and behind it what a report of their runs side by side holds."""
    report = build_report(found.gathered)
    return Document(report.title, (backends_section(found), *report.sections), report.notes)


def agreement_table(found: BackendComparison) -> Table:
    """Whether start and inputs are the same, and how far forward pass and gradients are apart."""
    largest = next((s.agreement.largest_gradient for s in found.sides if s.agreement is not None), None)
    of = "" if largest is None else f", of {largest:.2g}"
    rows = [
        _row(found, "initial weights", lambda s: _same(s.agreement)),
        _row(found, "inputs of every epoch", _inputs),
        _row(found, "loss of the first batch", _distance(lambda a: a.loss)),
        _row(found, "a probability", _distance(lambda a: a.probability)),
        _row(found, f"a gradient{of}", _distance(lambda a: a.gradient)),
    ]
    caption = "The same weights, the same images: largest absolute differences"
    note = (
        f"From {found.sides[0].backend}. The probabilities are those of prediction; the gradients those of "
        "training, without dropout and penalties, the first batch of repeat 0."
    )
    return make_table("agreement", caption, _columns(found), rows, note=note, where=Where.PEOPLE)


def results_table(found: BackendComparison) -> Table:
    """The metrics that matter most: mean and sd, difference, interval."""
    keys = [key for key in found.comparison.metrics if key[1] in SHOWN]
    rows: list[Cells] = [["repeats", *(str(len(side.report.run.done)) for side in found.sides)]]
    bold: list[int] = []
    for key in keys:
        new = list(_metric(found, *key))
        bold += range(len(rows), len(rows) + len(new)) if key == found.comparison.headline else ()
        rows += new
    note = "Mean, and sample sd in brackets; differences are paired by seed, with their 95 % interval."
    return make_table(
        "backends_results", "Results", _columns(found), rows, bold=bold, note=note, where=Where.PEOPLE
    )


def costs_table(found: BackendComparison) -> Table:
    """Seconds and memory."""
    rows = [
        _row(found, "an epoch, s (median)", _cost(lambda c: c.epoch, 3)),
        _row(found, "a repeat's training, s", _cost(lambda c: c.training, 1)),
        _row(found, "peak memory, MB", _cost(lambda c: None if c.memory is None else c.memory / 1e6, 0)),
        _row(found, "Keras ready after, s", _cost(lambda c: c.framework, 1)),
        _row(found, "first step, s", _cost(lambda c: c.first_step, 1)),
    ]
    note = (
        "Epochs without the first of each repeat and, where there are such, without validation. The first step "
        "includes compiling."
    )
    return make_table("costs", "Costs", _columns(found), rows, note=note, where=Where.PEOPLE)


def sides_table(found: BackendComparison) -> Table:
    """What was measured of each backend, for spreadsheets and programs."""
    columns = [Column(name) for name in ("backend", "run", "costs", "agreement", "inputs")]
    rows: list[Cells] = [
        [
            side.backend,
            side.report.run.path.name,
            *(Cell("", asdict(one) if one else {}) for one in (side.costs, side.agreement, side.inputs)),
        ]
        for side in found.sides
    ]
    return make_table(
        "backends", "Backends", columns, rows, where=Where.DATA, data_name="sides", by=("backend",)
    )


def _figures(found: BackendComparison) -> Iterator[Figure]:
    for figure in comparison_figures(found.comparison):
        yield replace(figure, name=FIGURES[figure.name])


def _metric(found: BackendComparison, split: str, metric: str) -> Iterator[Cells]:
    """Mean with sd, then, for the others, difference and interval."""
    means: Cells = [f"{split} {metric_label(metric)}"]
    differences: Cells = ["  difference", ""]
    intervals: Cells = ["  95 % interval", ""]
    for side in range(len(found.sides)):
        row = found.comparison.row(side, split, metric)
        summary = None if row is None else row.summary
        mean, sd = mean_sd(metric, summary.mean, summary.sd) if summary is not None else ("", "")
        means.append(Cell(f"{mean} ({sd})" if sd else mean or "-", None if summary is None else summary.mean))
        contrast = found.comparison.contrast(side, split, metric)
        if side:
            test = None if contrast is None else contrast.test
            decimals = difference_decimals(metric, test)
            differences.append(
                EMPTY if contrast is None else difference_cell(metric, contrast.difference, decimals)
            )
            intervals.append("-" if test is None else interval_cell(metric, test.ci95, decimals))
    yield from (means, differences, intervals)


def _columns(found: BackendComparison) -> list[Column]:
    return [Column("", "left", key=True), *(Column(side.backend) for side in found.sides)]


def _row(found: BackendComparison, label: str, cell: Callable[[BackendResult], Cell | str]) -> Cells:
    return [label, *(cell(side) for side in found.sides)]


def _same(agreement: Agreement | None) -> str:
    return "" if agreement is None else ("same bits" if agreement.same_weights else "DIFFERENT")


def _inputs(side: BackendResult) -> str:
    if side.inputs is None:
        return ""
    if not side.inputs.epochs:
        return "not known"
    same, epochs = side.inputs.same, side.inputs.epochs
    return f"same bits, {epochs:,}" if same == epochs else f"{epochs - same:,} of {epochs:,} DIFFER"


def _distance(of: Callable[[Agreement], float]) -> Callable[[BackendResult], Cell]:
    return lambda side: EMPTY if side.agreement is None else number(of(side.agreement), ".1e")


def _cost(of: Callable[[Costs], float | None], decimals: int) -> Callable[[BackendResult], Cell]:
    return lambda side: number(of(side.costs), f".{decimals}f")
