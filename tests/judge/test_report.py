"""A judgement as tables and texts."""

from pathlib import Path

from cnnlab.judge.report import class_section, file_section, grade_rows, judgement_document, verdict
from cnnlab.judge.results import FAILED, PASSED, FileResult, Finding, Judgement
from cnnlab.report.render.data import csv_text


def make_result(name: str, **findings: str) -> FileResult:
    """A file with a finding of `dense_layer` for each grade given."""
    result = FileResult(Path(name))
    for check in result.checks.values():
        check.statuses = {"required": PASSED}
    for grade, mistake in findings.items():
        result.findings.append(Finding(name, "dense_layer", grade, mistake, 7, "What it means."))
        result.checks["dense_layer"].statuses[grade] = FAILED
    return result


def test_only_what_the_lab_asks_for_is_called_wrong() -> None:
    """In the words and in the colours."""
    section = file_section(make_result("a/cnn.py", required="bias_missing", robust="x", beyond="y"))
    (row,) = [row for row in section.tables[0].rows if row[0].text == "dense_layer"]
    assert [(cell.text, cell.tone) for cell in row[1:4]] == [
        ("WRONG", "bad"),
        ("weak", "warning"),
        ("odd", "warning"),
    ]
    assert section.texts[0].label == "line 7"
    assert section.texts[0].text == "dense_layer (required), bias_missing: What it means."
    assert section.answer is not None and section.answer.tone == "bad"


def test_the_verdict_is_one_sentence() -> None:
    """With what there is besides, and what --strict makes of it."""
    weak = make_result("a/cnn.py", robust="x", beyond="y")
    assert verdict(weak) == "All required checks pass (with notes: 1 robust, 1 beyond)."
    assert verdict(weak, strict=True) == "A robust check fails, which --strict counts."
    assert verdict(make_result("a/cnn.py")) == "All required checks pass."
    unread = make_result("a/cnn.py")
    unread.judged = False
    assert verdict(unread) == "Cannot be judged." and file_section(unread).tables == ()


def test_a_class_has_one_row_for_each_file() -> None:
    """Named from the folder that holds them all; the page begins with it."""
    files = (make_result("x/anna/cnn.py"), make_result("x/bo/cnn.py", required="bias_missing", robust="y"))
    judgement = Judgement(files, "Keras", 0, strict=False)
    rows = [[cell.text for cell in row] for row in class_section(judgement).tables[0].rows]
    assert rows == [["anna/cnn.py", "passed", ""], ["bo/cnn.py", "failed", "dense_layer: bias_missing"]]
    titles = [section.title for section in judgement_document(judgement).sections]
    assert titles == ["All files", "x/anna/cnn.py", "x/bo/cnn.py", "How to read this"]


def test_grades_show_the_gravest_failure_and_no_formula() -> None:
    """A spreadsheet takes no file name for a formula."""
    judgement = Judgement((make_result("=1+1/cnn.py", robust="x"),), "Keras", 0, strict=False)
    (row,) = grade_rows(judgement)
    assert row["dense_layer"] == "failed (robust)" and row["activation"] == "passed" and row["robust"] == 1
    assert csv_text([row]).splitlines()[1].startswith("'=1+1/cnn.py,passed,0,1,0,")
