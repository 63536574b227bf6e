"""The verdict as text of 80 columns: one table for each file, then one paragraph for each finding."""

import os
from typing import TYPE_CHECKING

from cnnlab.judge.results import (
    FAILED,
    FOLLOWS,
    GRADES,
    NOT_JUDGED,
    PASSED,
    FileResult,
    Finding,
    Judgement,
)

if TYPE_CHECKING:
    from rich.console import Console

WORDS = {PASSED: "ok", FOLLOWS: "follows", NOT_JUDGED: "-"}
FAILURES = {"required": "WRONG", "robust": "weak", "beyond": "odd"}
STYLES = {PASSED: "green", FAILED: "bold red", FOLLOWS: "yellow", NOT_JUDGED: "dim"}
VERDICTS = {
    PASSED: "all required checks pass",
    FAILED: "a required check fails",
    NOT_JUDGED: "cannot be judged",
}


def print_result(result: FileResult, console: "Console", *, strict: bool = False) -> None:
    """Print one file's verdict, table, findings and speed."""
    from rich.text import Text

    console.print(Text.assemble((printable(str(result.file)), "bold"), f": {verdict(result, strict=strict)}"))
    if result.judged:
        _print_table(result, console)
    for finding in result.findings:
        console.print()
        console.print(Text(headline(finding), style="bold" if finding.grade == "required" else ""))
        console.print(Text(printable(finding.message)), soft_wrap=False)
    if (line := speed_line(result)) is not None:
        console.print()
        console.print(Text(line))


def verdict(result: FileResult, *, strict: bool = False) -> str:
    """One sentence."""
    status = result.status(strict=strict)
    if strict and status == FAILED and not result.of_grade("required"):
        return "a robust check fails, which --strict counts"
    counts = [(len(result.of_grade(grade)), grade) for grade in GRADES[1:]]
    rest = ", ".join(f"{count} {grade}" for count, grade in counts if count)
    return VERDICTS[status] + (
        f" (and there is something to say: {rest})" if rest and status == PASSED else ""
    )


def word(status: str, grade: str) -> str:
    """A status in one word; only what the lab asks for is called wrong."""
    return FAILURES[grade] if status == FAILED else WORDS[status]


def headline(finding: Finding) -> str:
    """Where, how grave, and the identifier."""
    line = f", line {finding.line}" if finding.line else ""
    return f"{finding.check}{line} ({finding.grade}): {finding.mistake}"


def speed_line(result: FileResult) -> str | None:
    """How long one image takes, beside others, for information; None where it was not measured."""
    if result.microseconds is None:
        return None
    others = ", ".join(f"{name} {value:,.0f}" for name, value in result.reference_microseconds.items())
    return (
        "Microseconds per image, feedforward_sample on the lab's network: "
        f"{result.microseconds:,.0f} ({others})."
    )


def printable(text: str) -> str:
    """Text from a judged file, without control characters."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


def _print_table(result: FileResult, console: "Console") -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("check", *GRADES, "follows from"):
        table.add_column(column, overflow="fold")
    for check in result.checks.values():
        cells = [Text(word(check.status(grade), grade), STYLES[check.status(grade)]) for grade in GRADES]
        table.add_row(check.name, *cells, ", ".join(sorted(check.because)))
    console.print(table)


def print_overview(judgement: Judgement, console: "Console") -> None:
    """Print one row for each of several files."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("file", "verdict", "mistakes"):
        table.add_column(column, overflow="fold")
    results, strict = judgement.files, judgement.strict
    counted = GRADES[: 2 if strict else 1]
    common = os.path.commonpath([result.file.parent.parent.absolute() for result in results])
    for result in results:
        status = result.status(strict=strict)
        mistakes = ", ".join(f"{f.check}: {f.mistake}" for f in result.findings if f.grade in counted)
        name = os.path.relpath(result.file, common)
        table.add_row(Text(printable(name)), Text(status, STYLES[status]), Text(mistakes))
    console.print(table)
    passed = sum(result.passes(strict=strict) for result in results)
    console.print(f"{passed} of {len(results)} files pass.")
