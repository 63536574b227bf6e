"""The tables of a run: its metrics, and its repeats one by one."""

from collections.abc import Sequence
from dataclasses import asdict

from cnnlab.errors import counted
from cnnlab.report.cells import (
    EMPTY,
    GROUPS_NOTE,
    LEFT_OUT,
    SD_NOTE,
    difference_cell,
    figure,
    group_interval_cell,
    number,
    p_cell,
    summary_cells,
)
from cnnlab.report.collect import Row, RunReport
from cnnlab.report.document import Cell, Cells, Column, Table, Where, make_table
from cnnlab.report.groups import folder_and_number
from cnnlab.report.numbers import decimals_of, metric_label, show
from cnnlab.report.sentences import published_sentence, show_published
from cnnlab.report.titles import name_and_data, positive_note
from cnnlab.runs.run_data import RepeatResult

Key = tuple[str, str]
"""Split and metric."""

KEPT = ("metrics", "epochs", "best_epoch", "chosen_by", "sizes", "weights", "seconds")
MEASURES = (
    *(Column("n"), Column("mean"), Column("sd")),
    Column("95 % interval", "center", name="ci95"),
)


def results_table(report: RunReport) -> Table:
    """One row per split and metric: n, mean, sd, interval, range, every value, and the published one if any."""
    published = any(row.published for row in report.rows)
    by_groups = bool(report.by_groups.intervals)
    spread = Where.EVERYWHERE if len(report.run.done) > 1 else Where.FILES
    columns = [Column("split", "left", key=True, group=True), Column("metric", "left", key=True), *MEASURES]
    if by_groups:
        columns += [
            Column("95 % by groups", "center", name="groups_ci95"),
            Column("groups", where=Where.DATA),
        ]
    if published:
        columns += [
            Column("published (sd, n)", name="published"),
            Column("difference", where=Where.PAGE),
            Column("p", where=Where.PAGE),
            Column("comparable", where=Where.DATA),
            Column("welch", where=Where.DATA),
            Column("in words", where=Where.JSON),
        ]
    columns += [
        Column("lowest", where=spread, name="minimum"),
        Column("highest", where=spread, name="maximum"),
        Column("values, in the order of the seeds", "left", spread & ~Where.PAGE, name="values"),
        Column("left out", where=Where.DATA),
        Column("seeds", where=Where.CSV),
        Column("positive class", where=Where.CSV if report.run.positive_class else Where(0)),
    ]
    left_out = any(row.summary.left_out for row in report.rows)
    return make_table(
        "results",
        f"{name_and_data(report.run)}: results over {counted(len(report.run.done), 'repeat')}",
        columns,
        [_result(row, report, published) for row in report.rows],
        bold=[n for n, row in enumerate(report.rows) if (row.split, row.metric) == report.headline],
        note=" ".join(
            filter(
                None,
                (
                    SD_NOTE,
                    GROUPS_NOTE if by_groups else "",
                    LEFT_OUT if left_out else "",
                    positive_note(report.run),
                ),
            )
        ),
        data_name="metrics",
        by=("split", "metric"),
        where=Where.EVERYWHERE if report.rows else Where.DATA,
    )


def repeats_table(report: RunReport) -> Table:
    """One row per repeat: where it lies, its seed, how long it trained, and its final metrics."""
    keys = _shown_metrics(report)
    chosen = any(repeat.result.best_epoch is not None for repeat in report.run.done)
    columns = [
        Column("k", where=Where.JSON),
        Column("run", "left", Where.FILES if len(report.sources) > 1 else Where.DATA),
        Column("repeat"),
        Column("seed"),
        Column("status", "left"),
        Column("error", "left", Where.DATA),
        Column("epochs", where=Where.PAGE),
        Column("best epoch", where=Where.PAGE if chosen else Where(0)),
        *(Column(f"{split} {metric_label(metric)}", where=Where.PAGE) for split, metric in keys),
        Column("seconds", where=Where.PAGE),
        *(Column(name, where=Where.DATA, name=name) for name in KEPT),
    ]
    rows = [_repeat(repeat, keys) for repeat in report.run.repeats]
    caption = f"{name_and_data(report.run)}: every repeat"
    where = Where.FILES if report.rows else Where.DATA
    return make_table("repeats", caption, columns, rows, where=where)


def _repeat(repeat: RepeatResult, keys: Sequence[Key]) -> Cells:
    folder, k = folder_and_number(repeat)
    result, known = repeat.result, repeat.result.plain()
    seconds = sum(value for value in result.seconds.values() if value is not None)
    return [
        Cell("", repeat.k),
        folder,
        Cell(k, k),
        number(repeat.seed),
        repeat.status,
        Cell("", repeat.error),
        number(result.epochs),
        number(result.best_epoch),
        *(figure(metric, repeat.metrics(split).get(metric), None) for split, metric in keys),
        number(seconds or None, ".1f"),
        *(Cell("", known.get(name)) for name in KEPT),
    ]


def _shown_metrics(report: RunReport) -> list[Key]:
    """Loss and accuracy of each split, and all of the split that matters most."""
    headline = (report.headline or ("", ""))[0]
    return [
        (row.split, row.metric)
        for row in report.rows
        if row.metric in ("accuracy", "loss") or (row.split == headline and row.metric != "cross_entropy")
    ]


def _result(row: Row, report: RunReport, published: bool) -> Cells:
    summary, metric = row.summary, row.metric
    values = " ".join(show(metric, value, None) or "-" for value in summary.values)
    return [
        row.split,
        Cell(metric_label(metric), metric),
        *summary_cells(metric, summary),
        *(_by_groups(row, report) if report.by_groups.intervals else ()),
        *(_published(row, report.not_comparable) if published else ()),
        figure(metric, summary.minimum, None),
        figure(metric, summary.maximum, None),
        Cell(values, list(summary.values)),
        Cell("", summary.left_out),
        Cell("", [repeat.seed for repeat in report.run.done]),
        Cell("", report.run.positive_class),
    ]


def _by_groups(row: Row, report: RunReport) -> list[Cell]:
    """The interval by groups, and how many groups the split has."""
    found = report.by_groups.intervals.get((row.split, row.metric))
    return [group_interval_cell(row.metric, found), Cell("", report.by_groups.groups.get(row.split))]


def _published(row: Row, not_comparable: str | None) -> list[Cell]:
    """The published values, and how far ours are from them; nothing more where they are not comparable."""
    found, mean = row.published, row.summary.mean
    if found is None:
        return [Cell("", {}), EMPTY, EMPTY, EMPTY, Cell("", {}), EMPTY]
    if not_comparable:
        return [Cell("not comparable", asdict(found)), EMPTY, EMPTY, Cell("", False), Cell("", {}), EMPTY]
    difference = None if mean is None else mean - found.mean
    test = row.difference
    return [
        Cell(show_published(row.metric, found), asdict(found)),
        difference_cell(row.metric, difference, decimals_of(row.metric, row.summary.sd)),
        p_cell(None if test is None else test.p),
        Cell("", True),
        Cell("", {} if test is None else asdict(test)),
        Cell("", published_sentence(row)),
    ]
