"""An evaluation as a section of a report."""

from cnnlab.predict.evaluation import RunEvaluation
from cnnlab.predict.table import evaluation_section
from tests.predict.evaluations import made


def cells(evaluation: RunEvaluation) -> tuple[list[str], list[list[str]]]:
    (table,) = evaluation_section(evaluation).tables
    return [column.heading for column in table.columns], [[cell.text for cell in row] for row in table.rows]


def test_a_column_for_each_repeat_after_their_mean_and_the_ensemble():
    heading, rows = cells(made())
    assert heading == ["metric", "mean", "sd", "ensemble", "repeat 0", "repeat 1"]
    assert rows[0][0] == "accuracy %" and rows[0][3:] == ["90.00", "50.00", "75.00"]
    assert rows[1][:4] == ["auc", "-", "-", "-"]
    heading, rows = cells(made(1))
    assert heading == ["metric", "ensemble", "repeat 0"]
    heading, rows = cells(made(0))
    assert heading == ["metric", "ensemble"] and rows == [["accuracy %", "90.00"]]


def test_what_was_measured_and_by_which_thresholds():
    section = evaluation_section(made(views=3, tta="flips"))
    assert section.title == "lab: 10 test images of own, the mean of 3 views (flips)"
    texts = {text.label: text.text for text in section.texts}
    assert [*texts] == ["positive", "sd", "ensemble", "threshold", "note"]
    assert texts["threshold"].startswith("0.250, 0.250 (") and "flatter" not in texts["threshold"]


def test_thresholds_flatter_on_the_images_that_chose_them_alone():
    for outside, flatters in ((None, True), ("/data/D", False)):
        section = evaluation_section(made(split="validation", noun="validation image", outside=outside))
        (said,) = [text.text for text in section.texts if text.label == "threshold"]
        assert ("figures at them flatter here" in said) == flatters
        assert section.title == f"lab: 10 validation images of {outside or 'own'}"
    assert "threshold" not in [text.label for text in evaluation_section(made(split="train")).texts]
