"""The tables of a section: its metrics, and its repeats one by one."""

from collections.abc import Iterator

from cnnlab.report.collect import Row, RunReport
from cnnlab.report.formats.table import Cell, Column, Table, make_table
from cnnlab.report.groups import place_of
from cnnlab.report.numbers import counted, decimals_of, metric_label, one_line, show, show_interval, show_p
from cnnlab.report.titles import name_and_data
from cnnlab.report.words import show_published
from cnnlab.runs.run_data import RepeatResult

LEFT_OUT = "* without the repeats that gave no finite number."
SD_NOTE = "sd: sample standard deviation (n - 1). Interval: 95 %, from Student's t."


def results_table(report: RunReport) -> Table:
    """One row per split and metric: n, mean, sd, interval, range and, where there is one, the published value."""
    published = any(row.published for row in report.rows)
    columns = [Column("split", "left"), Column("metric", "left"), Column("n"), Column("mean"), Column("sd")]
    columns += [Column("95 % interval", "center"), Column("lowest"), Column("highest")]
    if published:
        columns += [Column("published (sd, n)"), Column("difference"), Column("p")]
    bold = [n for n, row in enumerate(report.rows) if (row.split, row.metric) == report.headline]
    left_out = any(row.summary.left_out for row in report.rows)
    return make_table(
        "results",
        f"{name_and_data(report.run)}: results over {counted(len(report.run.done), 'repeat')}",
        columns,
        [tuple(_result(row, report.not_comparable, published)) for row in report.rows],
        bold=bold,
        note=f"{SD_NOTE} {LEFT_OUT}" if left_out else SD_NOTE,
    )


def repeats_table(report: RunReport) -> Table:
    """One row per repeat: where it lies, its seed, how long it trained, and its final metrics."""
    pooled = len(report.sources) > 1
    headline = (report.headline or ("", ""))[0]
    keys = [
        (row.split, row.metric)
        for row in report.rows
        if row.metric in ("accuracy", "loss") or (row.split == headline and row.metric != "cross_entropy")
    ]
    chosen = any(repeat.result.best_epoch is not None for repeat in report.run.done)
    columns = [Column("run", "left")] if pooled else []
    columns += [Column("repeat"), Column("seed"), Column("status", "left"), Column("epochs")]
    columns += [Column("best epoch")] if chosen else []
    columns += [Column(f"{split} {metric_label(one_line(metric))}") for split, metric in keys]
    columns += [Column("seconds")]
    decimals = {(row.split, row.metric): decimals_of(row.metric, row.summary.sd) for row in report.rows}
    rows = []
    for repeat in report.run.repeats:
        folder, k = place_of(repeat)
        rows.append(
            [
                *([Cell(one_line(folder))] if pooled else []),
                Cell(k, float(repeat.k)),
                _number(repeat.seed),
                Cell(one_line(repeat.status)),
                _number(repeat.result.epochs),
                *([_number(repeat.result.best_epoch)] if chosen else []),
                *(_metric(repeat, *key, decimals[key]) for key in keys),
                _seconds(repeat),
            ]
        )
    return make_table("repeats", f"{name_and_data(report.run)}: every repeat", columns, rows)


def _result(row: Row, not_comparable: str | None, published: bool) -> Iterator[Cell]:
    summary, metric = row.summary, row.metric
    decimals = decimals_of(metric, summary.sd)
    yield Cell(row.split)
    yield Cell(one_line(metric_label(metric)))
    yield Cell(f"{summary.n}{'*' if summary.left_out else ''}", float(summary.n))
    yield Cell(show(metric, summary.mean, decimals) or "-", summary.mean)
    yield Cell("0" if summary.sd == 0 else show(metric, summary.sd, decimals) or "-", summary.sd)
    yield Cell(show_interval(metric, summary.ci95, decimals) or "-", (summary.ci95 or [None])[0])
    for limit in (summary.minimum, summary.maximum):
        yield Cell(show(metric, limit, decimals) or "-", limit)
    if not published:
        return
    if row.published is None or not_comparable:
        yield from (Cell("not comparable" if row.published else ""), Cell(""), Cell(""))
        return
    yield Cell(show_published(metric, row.published), row.published.mean)
    difference = None if summary.mean is None else summary.mean - row.published.mean
    sign = "+" if difference is not None and difference > 0 else ""
    yield Cell(f"{sign}{show(metric, difference, decimals)}", difference)
    test = row.difference
    yield Cell("") if test is None else Cell(short_p(test.p), test.p)


def short_p(p: float) -> str:
    """Return a p value for a column headed p: "0.012", "< 0.0001"."""
    return show_p(p).removeprefix("p ").removeprefix("= ")


def _metric(repeat: RepeatResult, split: str, metric: str, decimals: int | None) -> Cell:
    value = repeat.metrics(split).get(metric)
    return Cell(show(metric, value, decimals) or "-", value)


def _number(value: object) -> Cell:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return Cell(str(value), float(value)) if known else Cell("-")  # type: ignore[arg-type]


def _seconds(repeat: RepeatResult) -> Cell:
    total = sum(value for value in repeat.result.seconds.values() if value is not None)
    return Cell("-") if not total else Cell(f"{total:.1f}", total)
