"""Numbers as tables show them: accuracies in percent, digits rounded to what the spread supports."""

import math
from collections.abc import Iterable, Sequence

from cnnlab.errors import counted, printable
from cnnlab.report.statistics import LEVEL
from cnnlab.runs.measures import is_percent
from cnnlab.runs.summary import Summary

MOST_DECIMALS = 7


def metric_label(metric: str) -> str:
    """Return the metric's name with its unit."""
    return f"{metric} %" if is_percent(metric) else metric


def in_unit(metric: str, value: float) -> float:
    """Return `value` in the unit that tables show."""
    return 100 * value if is_percent(metric) else value


def decimals_of(metric: str, sd: float | None) -> int | None:
    """Return how many decimals two significant digits of the sd take; None without a spread to go by."""
    if sd is None or not 0 < in_unit(metric, sd) < math.inf:
        return None
    exponent = int(f"{in_unit(metric, sd):.1e}".partition("e")[2])  # of the rounded value: 0.0996 is 0.10
    return max(0, 1 - exponent)


def show(metric: str, value: float | None, decimals: int | None) -> str:
    """Return `value` in the table's unit with that many decimals.

    For decimals of None as single values are shown: two decimals of a percentage, else four digits. Empty for a value
    of None. What rounds to 0 has no sign.
    """
    if value is None:
        return ""
    number = in_unit(metric, value)
    if decimals is None:
        return f"{number:z.2f}" if is_percent(metric) else f"{number:z#.4g}".rstrip(".")
    return f"{number:z.{decimals}f}" if decimals <= MOST_DECIMALS else f"{number:z.2e}"


def mean_sd(
    metric: str, mean: float | None, sd: float | None, decimals: int | None = None
) -> tuple[str, str]:
    """Return mean and sd with the decimals that the sd supports, or as many as are given; empty for None."""
    decimals = decimals_of(metric, sd) if decimals is None else decimals
    return show(metric, mean, decimals), "0" if sd == 0 else show(metric, sd, decimals)


def mean_and_sd(summary: Summary, *, with_n: bool = False) -> str:
    """Return "0.88 (sd 0.18)" of a figure between 0 and 1, with at most four decimals; without an sd the mean alone."""
    mean, sd, n = summary.mean, summary.sd, f", n = {summary.n}" if with_n else ""
    if mean is None:
        return ""
    found = decimals_of("", sd)
    decimals = 3 if found is None else min(found, 4)
    return f"{mean:.{decimals}f}" if sd is None else f"{mean:.{decimals}f} (sd {sd:.{decimals}f}{n})"


def signed(metric: str, value: float | None, decimals: int | None) -> str:
    """Return a difference with its sign, in the table's unit; empty for None."""
    text = show(metric, value, decimals)
    return f"+{text}" if text and float(text) > 0 else text


def unit_of_difference(metric: str) -> str:
    """Return " points" for what is shown in percent."""
    return " points" if is_percent(metric) else ""


def show_interval(metric: str, interval: Sequence[float] | None, decimals: int | None) -> str:
    """Return "low to high"; empty for None."""
    if interval is None:
        return ""
    return f"{show(metric, interval[0], decimals)} to {show(metric, interval[1], decimals)}"


def short_p(p: float) -> str:
    """Return a p value for a column headed p: "0.012", "< 0.0001"."""
    return show_p(p).removeprefix("p ").removeprefix("= ")


def show_p(p: float) -> str:
    """Return a p value with two significant digits, the tiny ones as "< 0.0001".

    One just below the level keeps as many as it takes to be seen there: 0.0495.
    """
    if p < 0.0001:
        return "p < 0.0001"
    shown = (f"{p:#.{digits}g}" for digits in range(2, 18))
    return f"p = {next(text for text in shown if (float(text) < LEVEL) == (p < LEVEL))}"


def counted_each(counts: Iterable[int], noun: str) -> str:
    """Return "2 repeats", or "1 to 3 repeats" where the counts differ."""
    different = sorted(set(counts))
    return (
        counted(different[-1], noun)
        if len(different) < 2
        else f"{different[0]} to {counted(different[-1], noun)}"
    )


def listed(numbers: Sequence[int]) -> str:
    """Return whole numbers in order, runs of them shortened: "0-3, 7"."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(_range(part) for part in parts)


def _range(part: list[int]) -> str:
    return f"{part[0]}-{part[-1]}" if len(part) > 2 else ", ".join(map(str, part))


def one_line(text: object) -> str:
    """Return text from a file as one line without control characters, harmless to a terminal."""
    return " ".join(printable(str(text)).split())
