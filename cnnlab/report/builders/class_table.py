"""What a run's network makes of each class: a table, and the mistakes that it makes most often."""

from collections.abc import Iterable, Sequence
from typing import Any

from cnnlab.errors import counted
from cnnlab.report.cells import LEFT_OUT
from cnnlab.report.classes import (
    ClassResult,
    ConfusedPair,
    Confusion,
    class_results,
    confused_pairs,
)
from cnnlab.report.document import Cell, Cells, Column, Table, Text, Where, make_table
from cnnlab.report.figures.style import shorten
from cnnlab.report.numbers import decimals_of, mean_sd
from cnnlab.report.titles import name_and_data
from cnnlab.runs.read import Run
from cnnlab.runs.summary import Summary

FIGURES = ("precision", "recall", "f1")
HEADINGS = {"precision": "precision", "recall": "recall", "f1": "F1"}
ON_A_SCREEN = 20  # classes; of more, a screen shows the LOWEST
LOWEST = 10
PAIRS = 5
LONGEST_NAME = 30
GIVEN = "An image is given to its most probable class."
UNDEFINED = (
    "-: undefined, as precision is where no image is given to a class, recall and F1 where it has none."
)
WORST = f"A screen shows the {LOWEST} classes of lowest F1."


def class_table(run: Run, confusion: Confusion) -> Table:
    """One row per class: its images, precision, recall and F1, each with mean and sd over the repeats."""
    results = class_results(confusion)
    spread = Where.EVERYWHERE if confusion.repeats > 1 else Where(0)
    columns = [Column("class", "left", key=True), Column("images")]
    for name in FIGURES:
        columns += [Column(HEADINGS[name], name=name), Column("sd", where=spread, name=f"{name}_sd")]
    columns += [Column("positive", where=Where.DATA if len(results) == 2 else Where(0))]
    columns += [Column("split", where=Where.DATA)]
    decimals = {name: _decimals(getattr(one, name) for one in results) for name in FIGURES}
    rows = [_row(one, confusion.split, decimals) for one in results]
    many = len(results) > ON_A_SCREEN
    return make_table(
        "classes",
        f"{name_and_data(run)}: each class of the {confusion.split} images",
        columns,
        rows,
        note=" ".join(filter(None, (GIVEN, *_notes(results), WORST if many else ""))),
        screen_rows=_lowest(results) if many else None,
    )


def confused_text(confusion: Confusion) -> Text | None:
    """The most frequent mistakes, in words; None where there is none."""
    pairs = confused_pairs(confusion, PAIRS)
    if not pairs:
        return None
    mean = f", the mean of {counted(confusion.repeats, 'repeat')}" if confusion.repeats > 1 else ""
    return Text("confused", f"{'; '.join(map(_pair, pairs))} ({confusion.split} images{mean}).")


def confused_data(confusion: Confusion) -> list[dict[str, Any]]:
    """The same for programs: class, what it is taken for, images of how many; means over the repeats."""
    return [
        {"class": pair.true, "taken_for": pair.taken_for, "images": pair.images, "of": pair.of}
        for pair in confused_pairs(confusion, PAIRS)
    ]


def _pair(pair: ConfusedPair) -> str:
    true, taken_for = (shorten(name, LONGEST_NAME) for name in (pair.true, pair.taken_for))
    return f"{true} taken for {taken_for}: {_count(pair.images)} of {_count(pair.of)} ({pair.percent:.1f} %)"


def _count(number: float) -> str:
    return f"{number:,.1f}".removesuffix(".0")


def _row(one: ClassResult, split: str, decimals: dict[str, int | None]) -> Cells:
    support = one.support.mean or 0.0
    name = f"{one.name} (positive)" if one.positive else one.name
    return [
        Cell(name, one.name),
        Cell(_count(support), int(support) if support == int(support) else support),
        *(cell for key in FIGURES for cell in _cells(getattr(one, key), decimals[key])),
        Cell("", one.positive),
        Cell("", split),
    ]


def _cells(summary: Summary, decimals: int | None) -> list[Cell]:
    """Mean and sd, with as many decimals as the whole column; an asterisk where repeats were left out."""
    mean, sd = mean_sd("", summary.mean, summary.sd, decimals)
    mark = "*" if summary.left_out and summary.n else ""
    return [Cell(f"{mean}{mark}" or "-", summary.mean), Cell(sd, summary.sd)]


def _decimals(column: Iterable[Summary]) -> int | None:
    """As many as the largest sd supports; None without a spread."""
    found = [decimals_of("", summary.sd) for summary in column]
    return min((number for number in found if number is not None), default=None)


def _notes(results: Sequence[ClassResult]) -> Iterable[str]:
    figures = [getattr(one, name) for one in results for name in FIGURES]
    if any(not summary.n for summary in figures):
        yield UNDEFINED
    if any(summary.left_out and summary.n for summary in figures):
        yield LEFT_OUT


def _lowest(results: Sequence[ClassResult]) -> tuple[int, ...]:
    """The places of the classes of lowest F1, the lowest first; those without an F1 are not among them."""
    f1 = {place: one.f1.mean for place, one in enumerate(results) if one.f1.mean is not None}
    return tuple(sorted(f1, key=lambda place: f1[place])[:LOWEST])
