"""``cnnlab runs diff``: two runs side by side."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from cnnlab.files import plain, to_json_text
from cnnlab.report.document import Cell, Cells, Column, Section, Table, Text, make_table
from cnnlab.report.numbers import decimals_of, mean_sd, metric_label, signed
from cnnlab.report.titles import positive_note
from cnnlab.runs.diff import Change, MetricPair, RunDiff
from cnnlab.runs.read import Run
from cnnlab.runs.summary import Summary

HASH = re.compile(r"\b[0-9a-f]{40,}\b")
LONGEST = 400  # characters of one value


def diff_section(a: Run, b: Run, diff: RunDiff) -> Section:
    """Return what differs, in three parts; a part in which nothing does says so."""
    parts = {"config": diff.config, "environment": diff.environment}
    tables = [_changes(heading, changes) for heading, changes in parts.items() if changes]
    tables += [_results(diff.results)] if diff.results else []
    texts = [Text("", f"{heading}: the same") for heading, changes in parts.items() if not changes]
    texts += [] if diff.results else [Text("", "results: none yet")]
    texts += [Text("", text) for text in filter(None, (positive_note(a, b),))]
    return Section(
        title=f"{a.name} and {b.name}", facts=tuple(_runs(a, b)), tables=tuple(tables), texts=tuple(texts)
    )


def diff_to_json(a: Run, b: Run, diff: RunDiff) -> dict[str, Any]:
    """Return the diff as plain data."""
    results: dict[str, dict[str, Any]] = {}
    for row in diff.results:
        entry = {"a": asdict(row.a), "b": asdict(row.b), "difference": row.difference}
        results.setdefault(row.split, {})[row.metric] = entry
    content = {
        "a": a.path.resolve(),
        "b": b.path.resolve(),
        "config": {change.key: [change.a, change.b] for change in diff.config},
        "environment": {change.key: [change.a, change.b] for change in diff.environment},
        "results": results,
    }
    return dict(plain(content))


def show_value(value: Any) -> str:
    """Return a value as one short text: text as it is, "-" for None, the rest as JSON without quotes."""
    if value is None:
        return "-"
    text = value if isinstance(value, str) else to_json_text(value).replace('"', "")
    short = HASH.sub(lambda found: found[0][:12] + "...", text)
    return short if len(short) <= LONGEST else f"{short[: LONGEST - 3]}..."


def _runs(a: Run, b: Run) -> Iterator[Text]:
    for letter, run in (("A", a), ("B", b)):
        yield Text(letter, f"{run.path.name}  {run.status}")
        for note in run.notes:
            yield Text("", note, "warning")


def _changes(heading: str, changes: Sequence[Change]) -> Table:
    columns = [Column(heading, "left", key=True), Column("A", "left"), Column("B", "left")]
    rows = [[change.key, show_value(change.a), show_value(change.b)] for change in changes]
    return make_table(heading, f"{heading}: what differs", columns, rows)


def _results(results: Sequence[MetricPair]) -> Table:
    columns = [Column("mean ± sd (n)", "left", key=True), Column("A", "left"), Column("B", "left")]
    rows: list[Cells] = []
    for row in results:
        spread = min((s.sd for s in (row.a, row.b) if s.sd), default=None)
        decimals = decimals_of(row.metric, spread)
        figures = [_figure(row.metric, side, decimals) for side in (row.a, row.b)]
        difference = signed(row.metric, row.difference, decimals) or "-"
        rows.append([f"{row.split} {metric_label(row.metric)}", *figures, Cell(difference, row.difference)])
    return make_table("results", "results", [*columns, Column("B - A")], rows)


def _figure(metric: str, summary: Summary, decimals: int | None) -> str:
    mean, sd = mean_sd(metric, summary.mean, summary.sd, decimals)
    return f"{mean}{f' ± {sd}' if sd else ''} ({summary.n})" if mean else "-"
