"""One row for each file, for a spreadsheet."""

import csv
import io
from pathlib import Path

from cnnlab.files import write_text
from cnnlab.judge.results import CHECKS, GRADES, FileResult, Judgement

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_grades(path: Path, judgement: Judgement) -> None:
    """Write the CSV file; raises RunError when the disk refuses."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["file", "status", *GRADES, *CHECKS, "mistakes", "microseconds_per_image"])
    for result in judgement.files:
        writer.writerow([_harmless(str(cell)) for cell in _row(result, strict=judgement.strict)])
    write_text(path, lines.getvalue())


def _row(result: FileResult, *, strict: bool) -> list[object]:
    counts = [len(result.of_grade(grade)) for grade in GRADES]
    checks = [_cell(result, name) for name in CHECKS]
    mistakes = "; ".join(f"{f.check}: {f.mistake} ({f.grade})" for f in result.findings)
    speed = "" if result.microseconds is None else round(result.microseconds, 1)
    return [result.file, result.status(strict=strict), *counts, *checks, mistakes, speed]


def _cell(result: FileResult, name: str) -> str:
    """The status of the gravest grade that is not passed, with the grade unless it is required."""
    for grade in GRADES:
        status = result.checks[name].status(grade)
        if status in ("failed", "follows"):
            return status if grade == "required" else f"{status} ({grade})"
    return result.checks[name].status("required")


def _harmless(cell: str) -> str:
    """A spreadsheet must not take a file name for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
