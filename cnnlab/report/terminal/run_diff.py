"""``cnnlab runs diff``: two runs side by side."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cnnlab.files import plain, to_json_text
from cnnlab.report.numbers import decimals_of, metric_label, one_line, show
from cnnlab.runs.compare import Change, Comparison, Result
from cnnlab.runs.read import Run
from cnnlab.runs.summary import Summary

HASH = re.compile(r"\b[0-9a-f]{40,}\b")
LONGEST = 400  # characters of one value


def diff_page(a: Run, b: Run, comparison: Comparison) -> RenderableType:
    """Return what differs, in three parts; a part in which nothing does says so."""
    parts: list[RenderableType] = []
    for letter, run in (("A", a), ("B", b)):
        parts.append(
            Text.assemble((f"{letter}  ", "bold"), one_line(run.path.name), f"  {one_line(run.status)}")
        )
        parts += [Text(f"   ({one_line(note)})", style="yellow") for note in run.notes]
    for heading, changes in (("config", comparison.config), ("environment", comparison.environment)):
        parts += [Text(), _changes(heading, changes) if changes else Text(f"{heading}: the same")]
    results = _results(comparison.results) if comparison.results else Text("results: none yet")
    return Group(*parts, Text(), results)


def diff_to_json(a: Run, b: Run, comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as plain data."""
    results: dict[str, dict[str, Any]] = {}
    for row in comparison.results:
        entry = {"a": asdict(row.a), "b": asdict(row.b), "difference": row.difference}
        results.setdefault(row.split, {})[row.metric] = entry
    content = {
        "a": a.path.resolve(),
        "b": b.path.resolve(),
        "config": {change.key: [change.a, change.b] for change in comparison.config},
        "environment": {change.key: [change.a, change.b] for change in comparison.environment},
        "results": results,
    }
    return dict(plain(content))


def _changes(heading: str, changes: Sequence[Change]) -> Table:
    table = _table(heading, "A", "B")
    for change in changes:
        table.add_row(Text(one_line(change.key)), Text(show_value(change.a)), Text(show_value(change.b)))
    return table


def show_value(value: Any) -> str:
    """Return a value as one short line: text as it is, "-" for None, the rest as JSON without quotes."""
    if value is None:
        return "-"
    text = value if isinstance(value, str) else to_json_text(value).replace('"', "")
    flat = HASH.sub(lambda found: found[0][:12] + "...", one_line(text))
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 3]}..."


def _results(rows: Sequence[Result]) -> Table:
    table = _table("results, mean ± sd (n)", "A", "B")
    table.add_column("B - A", justify="right", no_wrap=True)
    for row in rows:
        spread = min((s.sd for s in (row.a, row.b) if s.sd), default=None)
        decimals = decimals_of(row.metric, spread)
        figures = [_figure(row.metric, side, decimals) for side in (row.a, row.b)]
        difference = show(row.metric, row.difference, decimals) or "-"
        sign = "+" if row.difference is not None and row.difference > 0 else ""
        table.add_row(f"{row.split} {one_line(metric_label(row.metric))}", *figures, f"{sign}{difference}")
    return table


def _figure(metric: str, summary: Summary, decimals: int | None) -> str:
    mean = show(metric, summary.mean, decimals)
    sd = "0" if summary.sd == 0 else show(metric, summary.sd, decimals)
    return f"{mean}{f' ± {sd}' if sd else ''} ({summary.n})" if mean else "-"


def _table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold", ratio=None)
    return table
