"""The numbers of a report as CSV, one observation a row; accuracies are fractions of 1 here."""

import csv
import io
from collections.abc import Iterable, Sequence

from cnnlab.report.comparison import Comparison
from cnnlab.report.document import Document
from cnnlab.report.groups import place_of
from cnnlab.report.numbers import one_line

RESULTS = (
    *("section", "name", "data", "split", "metric", "n", "mean", "sd", "ci95_low", "ci95_high", "minimum"),
    *("maximum", "left_out", "published_mean", "published_sd", "published_n", "comparable"),
    *("difference", "difference_low", "difference_high", "p", "detectable", "values", "seeds"),
)
REPEATS = ("section", "name", "data", "run", "repeat", "seed", "status", "split", "metric", "value")
COMPARISON = (
    *(
        "split",
        "metric",
        "config",
        "data",
        "reference",
        "difference",
        "low",
        "high",
        "test",
        "pairs",
        "p",
        "p_holm",
    ),
    *("effect_size", "detectable", "sign_up", "sign_down", "sign_p"),
)


def csv_files(document: Document) -> dict[str, str]:
    """Return the content of results.csv, repeats.csv and, of a comparison, comparison.csv."""
    files = {
        "results.csv": csv_text(RESULTS, _results(document)),
        "repeats.csv": csv_text(REPEATS, _repeats(document)),
    }
    if document.comparison is not None:
        files["comparison.csv"] = csv_text(COMPARISON, _contrasts(document.comparison))
    return files


def _results(document: Document) -> Iterable[Sequence[object]]:
    for number, report in enumerate(document.sections, start=1):
        seeds = " ".join("-" if repeat.seed is None else str(repeat.seed) for repeat in report.run.done)
        for row in report.rows:
            s, published, test = row.summary, row.published, row.difference
            beside = (published.mean, published.sd, published.n) if published else (None, None, None)
            comparable = None if published is None else str(report.not_comparable is None).lower()
            against = (
                (test.difference, *test.ci95, test.p, test.detectable)
                if test
                else (None, None, None, None, None)
            )
            yield [
                *(
                    number,
                    one_line(report.run.name),
                    one_line(report.run.data_title),
                    row.split,
                    one_line(row.metric),
                ),
                *(s.n, s.mean, s.sd, *(s.ci95 or (None, None)), s.minimum, s.maximum, s.left_out),
                *(*beside, comparable, *against),
                *(" ".join("-" if value is None else str(value) for value in s.values), seeds),
            ]


def _repeats(document: Document) -> Iterable[Sequence[object]]:
    for number, report in enumerate(document.sections, start=1):
        for repeat in report.run.repeats:
            folder, k = place_of(repeat)
            start = [
                number,
                one_line(report.run.name),
                one_line(report.run.data_title),
                one_line(folder),
                k,
                repeat.seed,
                one_line(repeat.status),
            ]
            keys = [(row.split, row.metric) for row in report.rows] if repeat.finished else []
            for split, metric in keys:
                yield [*start, split, one_line(metric), repeat.metrics(split).get(metric)]
            if not keys:
                yield [*start, None, None, None]


def _contrasts(comparison: Comparison) -> Iterable[Sequence[object]]:
    for c in comparison.contrasts:
        test, pairs = c.test, c.paired
        numbers = (test.effect_size, test.detectable) if test else (None, None)
        signs = (pairs.sign.up, pairs.sign.down, pairs.sign.p) if pairs else (None, None, None)
        kind = None if test is None else "Welch" if pairs is None else "paired"
        yield [
            *(c.split, one_line(c.metric), comparison.labels[c.side]),
            *(one_line(comparison.sides[c.side].run.data_title), comparison.labels[0], c.difference),
            *(test.ci95 if test else (None, None)),
            *(kind, len(pairs.differences) if pairs else None, test.p if test else None, c.p_adjusted),
            *(*numbers, *signs),
        ]


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return CSV with a header; texts are on one line, and no spreadsheet takes one for a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(map(_harmless, columns))
    writer.writerows(
        [_harmless(one_line(cell) if isinstance(cell, str) else cell) for cell in row] for row in rows
    )
    return buffer.getvalue()


def _harmless(cell: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return (
        f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") and len(cell) > 1 else cell
    )
