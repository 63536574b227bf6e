"""A judgement as a document: a section for each file, a table of all of them, and the grades of a spreadsheet."""

import os
from typing import Any

from cnnlab.judge.results import (
    CHECKS,
    FAILED,
    FOLLOWS,
    GRADES,
    NOT_JUDGED,
    PASSED,
    FileResult,
    Finding,
    Judgement,
)
from cnnlab.report.document import Cell, Cells, Column, Document, Section, Table, Text, Tone, make_table

WORDS = {PASSED: "ok", FOLLOWS: "follows", NOT_JUDGED: "-"}
FAILURES = {"required": "WRONG", "robust": "weak", "beyond": "odd"}
TONES: dict[str, Tone] = {PASSED: "good", FAILED: "bad", FOLLOWS: "warning"}
VERDICTS = {
    PASSED: "All required checks pass",
    FAILED: "A required check fails",
    NOT_JUDGED: "Cannot be judged",
}
GRADES_EXPLAINED = (
    "Required is what the lab's own run needs. Robust is what a careful program does as well. Beyond is for "
    "information and costs nothing. A check that follows goes wrong only because of the functions named beside it."
)


def judgement_document(judgement: Judgement) -> Document:
    """The page to send back: all files, then each."""
    many = len(judgement.files) > 1
    title = "Do these files agree with Keras?" if many else "Does this cnn.py agree with Keras?"
    about = Text("", f"Compared with {judgement.against}. {GRADES_EXPLAINED}")
    sections = [file_section(result, strict=judgement.strict) for result in judgement.files]
    overview = [class_section(judgement)] if many else []
    return Document(title, (*overview, *sections, Section("How to read this", key="about", texts=(about,))))


def file_section(result: FileResult, *, strict: bool = False) -> Section:
    """One file: the table of its checks, its findings, its speed, the verdict."""
    texts = [*map(_finding, result.findings), *_speed(result)]
    return Section(
        str(result.file),
        answer=Text("", verdict(result, strict=strict), TONES.get(result.status(strict=strict), "")),
        tables=(_checks(result),) if result.judged else (),
        texts=tuple(texts),
    )


def class_section(judgement: Judgement) -> Section:
    """One row for each of several files, and how many pass."""
    counted = GRADES[: 2 if judgement.strict else 1]
    common = os.path.commonpath([result.file.parent.parent.absolute() for result in judgement.files])
    columns = (Column("file", "left", key=True), Column("verdict", "left"), Column("mistakes", "left"))
    rows: list[Cells] = []
    for result in judgement.files:
        status = result.status(strict=judgement.strict)
        mistakes = ", ".join(f"{f.check}: {f.mistake}" for f in result.findings if f.grade in counted)
        name = os.path.relpath(result.file, common)
        rows.append([name, Cell(status, status, TONES.get(status, "")), mistakes])
    passed = sum(result.passes(strict=judgement.strict) for result in judgement.files)
    answer = Text("", f"{passed} of {len(judgement.files)} files pass.")
    return Section(
        "All files", key="class", answer=answer, tables=(make_table("files", "Files", columns, rows),)
    )


def verdict(result: FileResult, *, strict: bool = False) -> str:
    """One sentence."""
    status = result.status(strict=strict)
    if strict and status == FAILED and not result.of_grade("required"):
        return "A robust check fails, which --strict counts."
    counts = [(len(result.of_grade(grade)), grade) for grade in GRADES[1:]]
    rest = ", ".join(f"{count} {grade}" for count, grade in counts if count)
    notes = f" (with notes: {rest})" if rest and status == PASSED else ""
    return f"{VERDICTS[status]}{notes}."


def _checks(result: FileResult) -> Table:
    """A status in one word for each function and grade; only what the lab asks for is called wrong."""
    names = (*GRADES, "follows from")
    columns = (Column("check", "left", key=True), *(Column(name, "left", least=8) for name in names))
    rows: list[Cells] = []
    for check in result.checks.values():
        cells: Cells = []
        for grade in GRADES:
            status = check.status(grade)
            word = FAILURES[grade] if status == FAILED else WORDS[status]
            tone = "warning" if status == FAILED and grade != "required" else TONES.get(status, "")
            cells.append(Cell(word, status, tone))
        rows.append([check.name, *cells, ", ".join(sorted(check.because))])
    return make_table("checks", "Checks", columns, rows)


def _finding(finding: Finding) -> Text:
    """Where, how grave, the identifier, and what it means."""
    line = f"line {finding.line}" if finding.line else ""
    text = f"{finding.check} ({finding.grade}), {finding.mistake}: {finding.message}"
    return Text(line, text, "bad" if finding.grade == "required" else "")


def _speed(result: FileResult) -> list[Text]:
    """How long one image takes, beside others, for information; nothing where it was not measured."""
    if result.microseconds is None:
        return []
    others = ", ".join(f"{name} {value:,.0f}" for name, value in result.reference_microseconds.items())
    line = "Microseconds per image, feedforward_sample on the lab's network: "
    return [Text("speed", f"{line}{result.microseconds:,.0f} ({others}).")]


def grade_rows(judgement: Judgement) -> list[dict[str, Any]]:
    """One row for each file, for a spreadsheet."""
    return [
        {
            "file": str(result.file),
            "status": result.status(strict=judgement.strict),
            **{grade: len(result.of_grade(grade)) for grade in GRADES},
            **{name: _worst_status(result, name) for name in CHECKS},
            "mistakes": "; ".join(f"{f.check}: {f.mistake} ({f.grade})" for f in result.findings),
            "microseconds_per_image": None if result.microseconds is None else round(result.microseconds, 1),
        }
        for result in judgement.files
    ]


def _worst_status(result: FileResult, name: str) -> str:
    """The status of the gravest grade that is not passed, with the grade unless it is required."""
    for grade in GRADES:
        status = result.checks[name].status(grade)
        if status in (FAILED, FOLLOWS):
            return status if grade == "required" else f"{status} ({grade})"
    return result.checks[name].status("required")
