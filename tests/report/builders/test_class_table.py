"""The table of classes and the confused pairs, as they are read."""

import csv
import io

import numpy as np

from cnnlab.report.builders.class_table import class_table, confused_data, confused_text
from cnnlab.report.classes import Confusion
from cnnlab.report.render.data import csv_files, to_json
from cnnlab.runs.read import load_run
from tests.report.shown import report_of, shown


def made(make_run, *counts, names="ab", split="test"):
    """A run, and the confusion matrices of its repeats."""
    return load_run(make_run().path), Confusion(split, tuple(names), np.array(counts))


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_mean_and_sd_have_the_decimals_of_the_largest_sd_of_their_column(make_run):
    table = class_table(*made(make_run, [[90, 10], [4, 96]], [[92, 8], [30, 70]]))
    assert table.caption == "mnist128-lab2025 on MNIST: each class of the test images"
    assert [row[:8] for row in texts(table)] == [
        ["a", "100", "0.86", "0.14", "0.91", "0.01", "0.88", "0.07"],
        ["b (positive)", "100", "0.90", "0.01", "0.83", "0.18", "0.86", "0.10"],
    ]
    assert table.note == "An image is given to its most probable class."


def test_one_repeat_has_no_sd_and_says_what_is_undefined(make_run):
    run, confusion = made(make_run, [[3, 0, 1], [0, 0, 4], [0, 0, 0]], names="abc")
    table = class_table(run, confusion)
    assert [column.heading for column in table.columns if column.where] == [
        *("class", "images", "precision", "recall", "F1", "split")
    ]
    shown_cells = [[cell for cell in row[:7] if cell] for row in texts(table)]
    assert shown_cells == [
        ["a", "4", "1.000", "0.7500", "0.8571"],
        ["b", "4", "-", "0.000", "0.000"],
        ["c", "0", "0.000", "-", "-"],
    ]
    assert "-: undefined, as precision is where no image is given to a class" in table.note


def test_repeats_that_leave_a_figure_undefined_are_marked(make_run):
    table = class_table(*made(make_run, [[2, 0], [2, 0]], [[2, 0], [1, 1]]))
    assert texts(table)[1][2:4] == ["1.00*", ""]  # of one repeat: no sd
    assert table.note.endswith("* without the repeats that gave no finite number.")


def test_of_many_classes_a_screen_shows_those_of_lowest_f1(make_run):
    counts = np.diag(np.arange(1, 31))
    counts[7, 8], counts[20, 8] = 9, 190
    counts[29] = 0
    table = class_table(*made(make_run, counts, names=[f"class {k}" for k in range(30)]))
    assert len(table.rows) == 30 and table.screen_rows[:3] == (8, 20, 7) and len(table.screen_rows) == 10
    assert "10 classes of lowest F1" in table.note
    assert (
        class_table(*made(make_run, np.eye(20, dtype=int), names="abcdefghijklmnopqrst")).screen_rows is None
    )


def test_confused_pairs_in_words_and_for_programs(make_run):
    _, confusion = made(make_run, [[959, 23], [0, 1000]], names="49")
    assert confused_text(confusion).text == "4 taken for 9: 23 of 982 (2.3 %) (test images)."
    _, confusion = made(make_run, [[959, 23], [0, 1000]], [[960, 22], [6, 994]], names="49")
    assert confused_text(confusion).text == (
        "4 taken for 9: 22.5 of 982 (2.3 %); 9 taken for 4: 3 of 1,000 (0.3 %) (test images, the mean of 2 repeats)."
    )
    assert confused_data(confusion)[0] == {"class": "4", "taken_for": "9", "images": 22.5, "of": 982.0}
    assert confused_text(made(make_run, np.eye(2, dtype=int))[1]) is None


def test_a_report_holds_both_in_every_format(make_run):
    document = report_of(make_run(images=200).path)
    lines = shown(document).splitlines()
    head = next(line for line in lines if line.startswith("class  images  precision"))
    assert head.split() == ["class", "images", "precision", "sd", "recall", "sd", "F1", "sd"]
    assert max(map(len, lines)) <= 80 and "each class of the test images" in "\n".join(lines)
    content = to_json(document)["runs"][0]
    assert [one["class"] for one in content["classes"]] == list("0123456789") and len(
        content["confused"]
    ) == 5
    rows = list(csv.DictReader(io.StringIO(csv_files(document)["classes.csv"])))
    assert float(rows[3]["f1"]) == content["classes"][3]["f1"] and rows[0]["split"] == "test"


def test_a_run_without_predictions_has_neither(make_run):
    folder = make_run(accuracies=[0.9])
    folder.repeat(0).predictions_path.unlink()
    (section,) = report_of(folder.path).sections
    assert [table.name for table in section.tables] == ["results", "repeats"]
    assert "confused" not in section.data
