"""Cells of the figures that many tables show: the text for people, and the number behind it."""

from collections.abc import Sequence

from cnnlab.report.document import Cell
from cnnlab.report.group_intervals import GroupInterval
from cnnlab.report.numbers import decimals_of, mean_sd, short_p, show, show_interval, signed
from cnnlab.report.statistics import Difference
from cnnlab.runs.summary import Summary

LEFT_OUT = "* without the repeats that gave no finite number."
SD_NOTE = (
    "sd: sample standard deviation (n - 1). Interval: 95 %, from Student's t, within the range of the metric; none "
    "where all repeats are equal."
)
GROUPS_NOTE = "By groups: 95 %, by resampling whole groups of images."
EMPTY = Cell("")


def number(value: float | None, form: str = "") -> Cell:
    """A number in a format of Python's; "-" for None."""
    if value is None:
        return Cell("-")
    return Cell(format(value, f"z{form}" if isinstance(value, float) else form), value)


def figure(metric: str, value: float | None, decimals: int | None) -> Cell:
    """A metric in the table's unit; "-" for None."""
    return Cell(show(metric, value, decimals) or "-", value)


def summary_cells(metric: str, summary: Summary | None) -> list[Cell]:
    """n, mean, sd and the 95 % interval of the mean; an asterisk where repeats were left out."""
    if summary is None:
        return [Cell("0", 0), EMPTY, EMPTY, EMPTY]
    mean, sd = mean_sd(metric, summary.mean, summary.sd)
    interval = show_interval(metric, summary.ci95, decimals_of(metric, summary.sd))
    return [
        Cell(f"{summary.n}{'*' if summary.left_out else ''}", summary.n),
        Cell(mean or "-", summary.mean),
        Cell(sd or "-", summary.sd),
        Cell(interval or "-", summary.ci95),
    ]


def group_interval_cell(metric: str, found: GroupInterval | None) -> Cell:
    """An interval by groups, with the decimals that its own width supports; "-" for None."""
    if found is None:
        return Cell("-")
    return interval_cell(metric, found.ci95, interval_decimals(metric, found.ci95))


def interval_decimals(metric: str, interval: Sequence[float]) -> int | None:
    """How many decimals an interval of about two standard errors to each side supports."""
    return decimals_of(metric, (interval[1] - interval[0]) / 4)


def difference_decimals(metric: str, test: Difference | None) -> int | None:
    """How many decimals of a difference its standard error supports; None without a test."""
    return None if test is None else interval_decimals(metric, test.ci95)


def difference_cell(metric: str, difference: float | None, decimals: int | None) -> Cell:
    """A signed difference; empty for None."""
    return Cell(signed(metric, difference, decimals), difference)


def interval_cell(metric: str, interval: Sequence[float] | None, decimals: int | None) -> Cell:
    """An interval; empty for None."""
    return Cell(show_interval(metric, interval, decimals), interval)


def p_cell(p: float | None) -> Cell:
    """A p value; empty for None."""
    return EMPTY if p is None else Cell(short_p(p), p)
