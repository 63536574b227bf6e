"""The sentences of a sweep's report: the same in the terminal and in every file."""

import math
from collections.abc import Iterator

from cnnlab.errors import counted, first_few
from cnnlab.report.cells import difference_decimals
from cnnlab.report.comparison import Contrast
from cnnlab.report.numbers import decimals_of, show, show_p, signed
from cnnlab.report.sentences import metric_name, seen
from cnnlab.report.sweep.collect import CellResult, SweepReport
from cnnlab.runs.measures import is_percent

MOST_NAMED = 5


def reference_sentence(report: SweepReport) -> str:
    """Return the reference, why it is that, and its figure; "none, for ..." while there is none."""
    base, metric = report.baseline, report.headline[1]
    if base is None:
        return f"The reference is none, for {report.why}."
    summary = base.summaries[report.headline]
    figure = show(metric, summary.mean, decimals_of(metric, summary.sd)) + (
        " %" if is_percent(metric) else ""
    )
    name = metric_name(*report.headline)
    return f"The reference is {base.label} ({report.why}): {name} {figure}, n = {summary.n}."


def sentences(report: SweepReport) -> Iterator[str]:
    """What is more than chance."""
    tested = [(cell, c) for cell, c in report.compared if c.test is not None]
    if not tested:
        if report.compared:
            yield "No test is possible: it takes two repeats with a spread."
        return
    pairs = sum(c.paired is not None for _, c in tested)
    kind = "paired by seed" if pairs == len(tested) else f"{pairs} of them paired by seed"
    better = [(cell, c) for cell, c in tested if c.beyond_chance and (c.difference or 0) > 0]
    worse = [(cell, c) for cell, c in tested if c.beyond_chance and (c.difference or 0) < 0]
    unresolved = [c.test.detectable for _, c in tested if c.test is not None and not c.beyond_chance]
    yield (
        f"{counted(len(tested), 'comparison')}, {kind}, p adjusted for their number (Holm): {len(better)} better and "
        f"{len(worse)} worse than the reference beyond chance, {len(unresolved)} not resolved."
    )
    if better:
        yield f"Better: {_named(better)}."
    if worse and len(worse) <= MOST_NAMED:
        yield f"Worse: {_named(worse)}."
    if unresolved:
        known = sorted(math.inf if one is None else one for one in unresolved)
        middle, metric = known[len(known) // 2], report.headline[1]
        shown = seen(metric, None if middle == math.inf else middle, decimals_of(metric, middle / 4))
        yield (
            f"Not resolved is no proof of equality: {shown}, before the adjustment (the median of these cells)."
        )


def _named(cells: list[tuple[CellResult, Contrast]]) -> str:
    texts = []
    for cell, c in cells:
        difference = signed(c.metric, c.difference, difference_decimals(c.metric, c.test))
        texts.append(f"{cell.label} ({difference}, {show_p(c.p)})")
    return first_few(texts, MOST_NAMED, "; ")
