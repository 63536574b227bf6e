"""The tables of a comparison of backends, one column for each."""

from collections.abc import Callable, Iterator, Sequence

from cnnlab.report.backends.agreement import Agreement
from cnnlab.report.backends.costs import Costs
from cnnlab.report.backends.gather import BackendComparison, Side
from cnnlab.report.formats.table import Cell, Column, Table, make_table
from cnnlab.report.numbers import decimals_of, metric_label, show, show_interval
from cnnlab.report.words import show_difference

SHOWN = ("accuracy", "auc", "cross_entropy")  # of each split; every other metric is in the files
ALL_SHOWN = "Mean, and sample sd in brackets; differences are paired by seed, with their 95 % interval."

Row = list[Cell | str]


def tables(found: BackendComparison) -> list[Table]:
    """Agreement on the first batch, results, costs."""
    return [agreement_table(found), results_table(found), costs_table(found)]


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
    return make_table(
        "agreement",
        "The same weights, the same images: largest absolute differences",
        _columns(found),
        rows,
        note=f"From {found.sides[0].backend}. The probabilities are those of prediction; the gradients those of "
        "training, without dropout and penalties, the first batch of repeat 0.",
    )


def results_table(found: BackendComparison) -> Table:
    """The metrics that matter most: mean and sd, difference, interval."""
    keys = [key for key in found.comparison.metrics if key[1] in SHOWN]
    rows = [row for key in keys for row in _metric(found, *key)]
    bold = [n for n, (_, key) in enumerate(_keys_of_rows(found, keys)) if key == found.comparison.headline]
    counts = [str(len(side.report.run.done)) for side in found.sides]
    return make_table(
        "results",
        "Results",
        _columns(found),
        [["repeats", *counts], *rows],
        bold=[n + 1 for n in bold],
        note=ALL_SHOWN,
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
    return make_table(
        "costs",
        "Costs",
        _columns(found),
        rows,
        note="Epochs without the first of each repeat and, where there are such, without validation. The first step "
        "includes compiling.",
    )


def _metric(found: BackendComparison, split: str, metric: str) -> Iterator[Row]:
    """Mean with sd, then, for the others, difference and interval."""
    means: Row = [f"{split} {metric_label(metric)}"]
    differences: Row = ["  difference", ""]
    intervals: Row = ["  95 % interval", ""]
    for number in range(len(found.sides)):
        row = found.comparison.row(number, split, metric)
        summary = None if row is None else row.summary
        decimals = None if summary is None else decimals_of(metric, summary.sd)
        if summary is None or summary.mean is None:
            means.append("-")
        else:
            sd = "" if summary.sd is None else f" ({show(metric, summary.sd, decimals)})"
            means.append(Cell(f"{show(metric, summary.mean, decimals)}{sd}", summary.mean))
        if number:
            contrast = found.comparison.contrast(number, split, metric)
            test = None if contrast is None else contrast.test
            differences.append(
                Cell(show_difference(contrast), contrast.difference) if contrast is not None else ""
            )
            error = None if test is None else (test.ci95[1] - test.ci95[0]) / 2
            intervals.append(
                "-" if test is None else show_interval(metric, test.ci95, decimals_of(metric, error))
            )
    yield from (means, differences, intervals)


def _keys_of_rows(
    found: BackendComparison, keys: Sequence[tuple[str, str]]
) -> list[tuple[int, tuple[str, str]]]:
    return list(enumerate(key for key in keys for _ in _metric(found, *key)))


def _columns(found: BackendComparison) -> list[Column]:
    return [Column("", "left"), *(Column(side.backend) for side in found.sides)]


def _row(found: BackendComparison, label: str, cell: Callable[[Side], Cell | str]) -> Row:
    return [label, *(cell(side) for side in found.sides)]


def _same(agreement: Agreement | None) -> str:
    return "" if agreement is None else ("same bits" if agreement.same_weights else "DIFFERENT")


def _inputs(side: Side) -> str:
    if side.inputs is None:
        return ""
    if not side.inputs.epochs:
        return "not known"
    same, epochs = side.inputs.same, side.inputs.epochs
    return f"same bits, {epochs:,}" if same == epochs else f"{epochs - same:,} of {epochs:,} DIFFER"


def _distance(of: Callable[[Agreement], float]) -> Callable[[Side], Cell | str]:
    def cell(side: Side) -> Cell | str:
        return "" if side.agreement is None else Cell(f"{of(side.agreement):.1e}", of(side.agreement))

    return cell


def _cost(of: Callable[[Costs], float | None], decimals: int) -> Callable[[Side], Cell | str]:
    def cell(side: Side) -> Cell | str:
        value = of(side.costs)
        return "-" if value is None else Cell(f"{value:.{decimals}f}", value)

    return cell
