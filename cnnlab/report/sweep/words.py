"""The sentences of a sweep's report: the same in the terminal and in every file."""

from collections.abc import Iterator

from cnnlab.report.numbers import counted, decimals_of, is_percent, one_line, show, show_interval, show_p
from cnnlab.report.statistics import LEVEL
from cnnlab.report.sweep.collect import CellResult, Contrast, SweepReport
from cnnlab.report.words import metric_name

MOST_NAMED = 5


def show_difference(metric: str, contrast: Contrast) -> str:
    """Return a signed difference with the digits that its error supports."""
    return signed(metric, contrast.difference, decimals_of(metric, error_of(contrast)))


def show_difference_interval(metric: str, contrast: Contrast) -> str:
    """Return the 95 % interval of a difference; empty where there is none."""
    if contrast.test is None:
        return ""
    return show_interval(metric, contrast.test.ci95, decimals_of(metric, error_of(contrast)))


def signed(metric: str, value: float, decimals: int | None) -> str:
    """Return "+1.2", "-0.3" or "0.0" in the table's unit."""
    return f"{'+' if value > 0 else ''}{show(metric, value, decimals)}"


def error_of(contrast: Contrast) -> float | None:
    """About the standard error of a difference; None without a test."""
    test = contrast.test
    return None if test is None else (test.ci95[1] - test.ci95[0]) / 4


def reference_in_words(report: SweepReport) -> str:
    """Return the reference, why it is that, and its figure; "none, for ..." while there is none."""
    base, metric = report.baseline, report.headline[1]
    if base is None:
        return f"none, for {report.why}"
    summary = base.summaries[report.headline]
    figure = show(metric, summary.mean, decimals_of(metric, summary.sd)) + (
        " %" if is_percent(metric) else ""
    )
    name = metric_name(*report.headline)
    return f"{one_line(base.label)} ({report.why}): {name} {figure}, n = {summary.n}"


def sentences(report: SweepReport) -> Iterator[str]:
    """What is more than chance, in words."""
    metric = report.headline[1]
    contrasts = [(cell, cell.contrast) for cell in report.cells if cell.contrast is not None]
    tested = [(cell, c) for cell, c in contrasts if c.test is not None]
    if not tested:
        if contrasts:
            yield "No test is possible: it takes two repeats with a spread."
        return
    pairs = [c for _, c in tested if c.paired is not None]
    kind = "paired by seed" if len(pairs) == len(tested) else f"{len(pairs)} of them paired by seed"
    better = [cell for cell, c in tested if _resolved(c) and c.difference > 0]
    worse = [cell for cell, c in tested if _resolved(c) and c.difference < 0]
    yield (
        f"{counted(len(tested), 'comparison')}, {kind}, p adjusted for their number (Holm): {len(better)} better and "
        f"{len(worse)} worse than the reference beyond chance, {len(tested) - len(better) - len(worse)} not resolved."
    )
    if better:
        yield f"Better: {_named(metric, better)}."
    if worse and len(worse) <= MOST_NAMED:
        yield f"Worse: {_named(metric, worse)}."
    if len(tested) - len(better) - len(worse):
        smallest = [c.test.detectable for _, c in tested if c.test is not None and not _resolved(c)]
        middle = sorted(smallest)[len(smallest) // 2]
        shown = show(metric, middle, decimals_of(metric, middle / 4))
        yield (
            f"Not resolved is no proof of equality: a true difference of {shown} (the median of these cells) would be "
            "seen in 80 of 100 such comparisons, before the adjustment."
        )


def _resolved(contrast: Contrast) -> bool:
    return contrast.p_adjusted is not None and contrast.p_adjusted < LEVEL


def _named(metric: str, cells: list[CellResult]) -> str:
    texts = []
    for cell in cells[:MOST_NAMED]:
        contrast = cell.contrast
        if contrast is not None and contrast.p_adjusted is not None:
            difference = show_difference(metric, contrast)
            texts.append(f"{one_line(cell.label)} ({difference}, {show_p(contrast.p_adjusted)})")
    more = f" and {len(cells) - MOST_NAMED} more" if len(cells) > MOST_NAMED else ""
    return "; ".join(texts) + more
