"""The sentences of a report: the same words in the terminal, in HTML, Markdown and LaTeX."""

from cnnlab.errors import counted
from cnnlab.report.cells import difference_decimals, interval_decimals
from cnnlab.report.collect import Row
from cnnlab.report.comparison import Comparison, Contrast
from cnnlab.report.numbers import (
    decimals_of,
    in_unit,
    mean_sd,
    short_p,
    show,
    show_interval,
    show_p,
    signed,
    unit_of_difference,
)
from cnnlab.report.published import PublishedValue
from cnnlab.report.statistics import LEVEL, POWER, Difference, Paired, prediction_interval
from cnnlab.runs.result import SPLIT_NAMES

OFTEN = f"in {100 * POWER:.0f} of 100 such comparisons"
WELCH = "Welch's test"


def metric_name(split: str, metric: str) -> str:
    """Return "test accuracy", as a sentence says it."""
    return f"{SPLIT_NAMES[split]} {metric}"


def with_unit(metric: str, difference: float, decimals: int | None) -> str:
    """Return a signed difference: "+1.2 points", "-0.03"."""
    return f"{signed(metric, difference, decimals)}{unit_of_difference(metric)}"


def seen(metric: str, detectable: float | None, decimals: int | None) -> str:
    """Return which true difference such comparisons would see; "too few repeats to tell" where none can be so large."""
    if detectable is None:
        return f"too few repeats to tell: no true difference that is possible would be seen {OFTEN}"
    shown = show(metric, detectable, decimals)
    return f"a true difference of {shown}{unit_of_difference(metric)} would be seen {OFTEN}"


def capitalized(text: str) -> str:
    """Return the text as a sentence begins."""
    return text[:1].upper() + text[1:]


def show_published(metric: str, published: PublishedValue) -> str:
    """Return the published mean with its sd and n as far as they are known: "93.07 (0.80, 5)"."""
    if published.sd is None:
        figure = f"{in_unit(metric, published.mean):.10g}"
        return figure if published.n is None else f"{figure} ({published.n})"
    mean, sd = mean_sd(metric, published.mean, published.sd)
    return f"{mean} ({sd}, {published.n})"


def published_sentence(row: Row) -> str:
    """Return how far ours is from the published figure, and what that says; empty where there is none."""
    published, summary = row.published, row.summary
    if published is None or summary.mean is None:
        return ""
    name = metric_name(row.split, row.metric)
    if row.difference is not None:
        return f"{name}: {_tested(row.metric, row.difference, WELCH)}"
    difference = summary.mean - published.mean
    decimals = decimals_of(row.metric, summary.sd)
    shown = f"{name}: {with_unit(row.metric, difference, decimals)}"
    if summary.sd is None:
        return f"{shown}; one repeat allows no test."
    interval = prediction_interval(summary, row.metric)
    if published.sd is None and interval is not None:
        place = "within" if interval[0] <= published.mean <= interval[1] else "outside"
        expected = show_interval(row.metric, interval, decimals)
        return (
            f"{shown} from a single figure, {place} {expected}, where 95 % of further repeats are expected."
        )
    return f"{shown}; no spread, no test."


def contrast_sentence(comparison: Comparison, contrast: Contrast) -> str:
    """Return how one side's metric stands against the reference's, with every test of it."""
    name = metric_name(contrast.split, contrast.metric)
    start = f"{comparison.labels[contrast.side]}, {name}: "
    if contrast.difference is None:
        return f"{start}no difference to report, for lack of values."
    pairs, by_groups = contrast.paired, _by_groups(contrast)
    if contrast.test is None:
        why = "every pair differs by the same amount" if pairs else "too few repeats, or no spread"
        signs = f"; {_signs(pairs)}" if pairs else ""
        return f"{start}{with_unit(contrast.metric, contrast.difference, None)}; {why}: no t-test{signs}.{by_groups}"
    test = WELCH if pairs is None else f"paired t-test over {counted(len(pairs.differences), 'seed')}"
    text = start + _tested(contrast.metric, contrast.test, test, "d_z" if pairs else "Hedges' g")
    if contrast.p_adjusted is not None and len(comparison.sides) > 2:
        text += (
            f" Adjusted for {len(comparison.sides) - 1} comparisons (Holm): {show_p(contrast.p_adjusted)}."
        )
    signs = f" {capitalized(_signs(pairs))}." if pairs else ""
    return f"{text}{signs}{by_groups}"


def _by_groups(contrast: Contrast) -> str:
    """What resampled groups say of the difference of these networks; empty where none are known."""
    found = contrast.by_groups
    if found is None or found.p is None:
        return ""
    interval = show_interval(contrast.metric, found.ci95, interval_decimals(contrast.metric, found.ci95))
    verdict = (
        "may be gone or turned round on others" if found.p >= LEVEL else "is more than these groups' chance"
    )
    return (
        f" By {counted(found.groups, 'group')} of images (95 % interval {interval}, {show_p(found.p)}), the difference "
        f"of these networks {verdict}."
    )


def _tested(metric: str, difference: Difference, test: str, effect: str = "Hedges' g") -> str:
    decimals = difference_decimals(metric, difference)
    verdict = "chance can explain it" if difference.chance_explains_it else "more than chance"
    size = "" if difference.effect_size is None else f" Effect size {effect} {difference.effect_size:z.2g}."
    return (
        f"{with_unit(metric, difference.difference, decimals)} "
        f"(95 % interval {show_interval(metric, difference.ci95, decimals)}); "
        f"{test} {show_p(difference.p)}: {verdict}.{size} "
        f"{capitalized(seen(metric, difference.detectable, decimals))}."
    )


def _signs(pairs: Paired) -> str:
    sign = pairs.sign
    ties = f", {sign.ties} equal" if sign.ties else ""
    n = sign.up + sign.down
    least = 2 / 2**n if n else 1.0
    limit = f" (with {counted(n, 'pair')} it cannot be below {short_p(least)})" if n and least >= 0.05 else ""
    return f"sign test: {sign.up} up, {sign.down} down{ties}, {show_p(sign.p)}{limit}"
