"""ROC, precision and recall, calibration: the numbers behind the lines, and when there is nothing to draw."""

import json

import numpy as np
import pytest

from cnnlab.report.figures.calibration import calibration, calibration_of
from cnnlab.report.figures.plots import write_plots
from cnnlab.report.figures.precision_recall import precision_recall, precision_recall_curves
from cnnlab.report.figures.roc import roc, roc_curves
from cnnlab.runs.read import load_run
from tests.report.figures.test_plots import predictions, texts

pytestmark = pytest.mark.heavy

NAMES = ["normal", "tumour"]


def two_classes(make_run, *scores, labels=(0, 0, 1, 1), thresholds=()):
    """A run with one repeat for each list of probabilities of class 1."""
    folder = make_run(accuracies=[0.9] * len(scores), class_names=NAMES)
    for k, given in enumerate(scores):
        p = np.array(given)
        predictions(folder, k, label=np.array(labels), probabilities=np.stack([1 - p, p], axis=1))
    for k, value in enumerate(thresholds):
        path = folder.repeat(k).result_path
        threshold = {"value": value, "rule": "youden", "split": "validation"}
        path.write_text(json.dumps({**json.loads(path.read_text()), "threshold": threshold}))
    return load_run(folder.path)


def test_roc_curves_and_their_mean(make_run):
    run = two_classes(make_run, [0.1, 0.2, 0.8, 0.9], [0.1, 0.8, 0.2, 0.9], thresholds=[0.5, 0.15])
    curves = roc_curves(run)
    assert curves.split == "test" and curves.positive == "tumour"
    assert curves.auc.values == (1.0, 0.75)
    middle = np.searchsorted(curves.false_rate, 0.25)
    # repeat 0 is at 1 from the beginning; repeat 1 at 1/2 until it is at 1 from a false positive rate of 1/2 on
    assert curves.true_rates[:, middle].tolist() == [1.0, 0.5]
    assert curves.true_rates[:, -1].tolist() == [1.0, 1.0]
    # at 1/2, repeat 0 finds all and only tumours, repeat 1 half of them and half of the others
    assert curves.at_half == (0.25, 0.75)
    assert curves.at_threshold == (0.25, 1.0)
    assert curves.in_words() == "ROC curve of tumour on the test set: area 0.88 (sd 0.18, n = 2)."
    shown = texts(roc(run))
    for text in ("each repeat", "mean, area 0.88 (sd 0.18)", "threshold 1/2", "chosen on validation"):
        assert text in shown


def test_precision_recall_curves_and_their_mean(make_run):
    run = two_classes(make_run, [0.1, 0.2, 0.8, 0.9], [0.1, 0.95, 0.2, 0.9], thresholds=[0.5, 0.92])
    curves = precision_recall_curves(run)
    assert curves.split == "test" and curves.positive == "tumour" and curves.share == 0.5
    # repeat 1 finds, from the highest score: another, a tumour, a tumour
    assert curves.average_precision.values == pytest.approx((1.0, (1 / 2 + 2 / 3) / 2))
    assert curves.precisions[:, [0, 250, 251, 500]].tolist() == [[1, 1, 1, 1], [1 / 2, 1 / 2, 2 / 3, 2 / 3]]
    for values, area in zip(curves.precisions, curves.average_precision.values, strict=True):
        assert values[1:].mean() == pytest.approx(area)  # steps, to the left of each recall
    assert curves.at_half == (0.75, 0.75)
    assert curves.at_threshold == (0.5, 0.5)
    assert curves.in_words() == (
        "Precision-recall curve of tumour on the test set: average precision 0.79 (sd 0.29, n = 2); 0.500 of the "
        "images are tumour, which is the precision of guessing."
    )
    shown = texts(precision_recall(run))
    for text in ("each repeat", "mean, AP 0.79 (sd 0.29)", "share of tumour, 0.500", "threshold 1/2"):
        assert text in shown


def test_nothing_found_at_a_threshold_has_no_precision_and_no_mark(make_run):
    run = two_classes(make_run, [0.1, 0.2, 0.3, 0.4], [0.1, 0.8, 0.2, 0.9])
    assert precision_recall_curves(run).at_half is None
    assert "threshold 1/2" not in texts(precision_recall(run))


def test_one_repeat_without_a_threshold(make_run):
    run = two_classes(make_run, [0.1, 0.2, 0.8, 0.9])
    assert roc_curves(run).at_threshold is None and roc_curves(run).auc.sd is None
    shown = texts(roc(run))
    assert "area 1.000" in shown and "each repeat" not in shown and "chosen on validation" not in shown
    assert "each repeat" not in texts(calibration(run))


def test_calibration_counts_the_mean_over_repeats(make_run):
    run = two_classes(make_run, [0.1, 0.11, 0.9, 0.9], [0.1, 0.9, 0.9, 0.9])
    found = calibration_of(run)
    assert found.counts.sum() == 4 and found.counts[1] == 1.5 and found.counts[13] == 2.5
    assert found.together.observed[1] == 0 and found.together.observed[13] == 0.8
    first, second = (0.1 + 0.11 + 0.1 + 0.1) / 4, (0.1 + 3 * (0.9 - 2 / 3)) / 4
    assert found.error.values == pytest.approx((first, second))
    assert "in 15 bins: expected calibration error " in found.in_words()
    assert "share that is tumour" in texts(calibration(run))


def test_only_two_classes_have_them(make_run):
    folder = make_run()
    run = load_run(folder.path)
    assert roc(run) is None and precision_recall(run) is None and calibration(run) is None
    assert [path.stem for path in write_plots(folder.path)] == ["curves", "confusion"]
    two = make_run(class_names=NAMES)
    drawn = ["curves", "confusion", "roc", "precision_recall", "calibration"]
    assert [path.stem for path in write_plots(two.path)] == drawn


def test_a_class_without_images_has_no_roc_curve(make_run):
    run = two_classes(make_run, [0.1, 0.2, 0.8, 0.9], labels=(1, 1, 1, 1))
    assert roc(run) is None and precision_recall(run) is None and calibration(run) is not None


def test_damaged_thresholds_are_left_out(make_run):
    run = two_classes(make_run, [0.1, 0.2, 0.8, 0.9], [0.1, 0.2, 0.8, 0.9], thresholds=["x"])
    assert roc_curves(run).at_threshold is None


def test_hidden_labels_fall_back_to_validation(make_run):
    run = load_run(make_run(class_names=NAMES, hidden_test=True).path)
    assert ": validation set, ROC" in texts(roc(run))
    assert ": validation set, calibration" in texts(calibration(run))


def test_a_report_of_two_classes_has_both_figures_with_their_numbers_in_words(make_run):
    from cnnlab.report.collect import collect_runs
    from cnnlab.report.figures.catalog import run_figures

    run = two_classes(make_run, [0.1, 0.2, 0.8, 0.9], [0.1, 0.8, 0.2, 0.9])
    found = {drawing.name: drawing for drawing in run_figures(collect_runs([run]))}
    assert "area 0.88 (sd 0.18, n = 2)" in found["roc"].alternative
    assert "expected calibration error" in found["calibration"].alternative
    assert all(found[name].draw() is not None for name in ("roc", "calibration"))
    assert "average precision" in found["precision_recall"].alternative
    many = {drawing.name for drawing in run_figures(collect_runs([load_run(make_run().path)]))}
    assert not many & {"roc", "precision_recall", "calibration"}


def test_reports_say_over_which_views_and_with_which_thresholds_was_measured(make_run):
    from cnnlab.report.builders.run import measuring_texts

    run = two_classes(make_run, [0.1, 0.2, 0.8, 0.9], [0.1, 0.8, 0.2, 0.9], thresholds=[0.5, 0.15])
    assert {text.label: text.text for text in measuring_texts(run)}["threshold"].startswith(
        "0.500, 0.150 of the probability of tumour: the largest sensitivity + "
    )
    path = run.path / "repeats/0/result.json"
    used = {"evaluation": {"tta": "flips", "views": 3}}
    path.write_text(json.dumps({**json.loads(path.read_text()), **used}))
    said = {text.label: text.text for text in measuring_texts(load_run(run.path))}["views"]
    assert said == "each image's probabilities are the mean over 3 views of it (flips)."
    assert list(measuring_texts(load_run(make_run().path))) == []
