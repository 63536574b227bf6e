"""Figures of results: dots with intervals, learning rate, configs side by side, and their alternative texts."""

import io
from datetime import datetime, timedelta

import pytest
from PIL import Image

from cnnlab.report.collect import collect
from cnnlab.report.figures.catalog import comparison_figures, run_figures
from cnnlab.report.figures.curves import comparison_curves, curves
from cnnlab.report.figures.dots import accuracy_dots, comparison_dots
from cnnlab.report.figures.learning_rate import learning_rate
from cnnlab.report.figures.style import SIDES, TRAIN_LINE, VALIDATION_LINE, styled
from cnnlab.report.gather import gather
from cnnlab.runs.read import load_run
from tests.fake_runs import BUNDLED


@pytest.fixture
def make(make_run):
    """Make a run of its own second, so that order is the order of making."""
    times = iter(datetime(2026, 11, 21) + timedelta(seconds=k) for k in range(99))
    return lambda **given: make_run(now=next(times), **given).path


def labels(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_dots_hold_every_value_with_the_published_ones_below(make):
    (ax,) = accuracy_dots(collect(make(accuracies=[0.92, 0.93, 0.94]))).draw().axes
    assert labels(ax) == ["training", "validation", "test", "published"]
    drawn = [sorted(round(float(x), 2) for x in dots.get_offsets()[:, 0]) for dots in ax.collections]
    assert drawn[2:] == [[92.0, 93.0, 94.0], [92.32, 92.43, 92.85, 93.55, 94.21]]
    interval, mean = ax.lines[3:5]  # of the test split; the training accuracies are equal
    assert list(mean.get_xdata()) == [pytest.approx(93)]
    assert list(interval.get_xdata()) == pytest.approx([90.09, 95.10], abs=0.01)  # 4.303 / 3**0.5 is 2.48


def test_values_of_other_data_are_not_drawn_beside(make):
    (ax,) = accuracy_dots(collect(make(data=BUNDLED))).draw().axes
    assert "published" not in labels(ax)


def test_one_repeat_has_a_dot_and_no_interval(make):
    (ax,) = accuracy_dots(collect(make(accuracies=[0.9], published=None))).draw().axes
    assert all(len(line.get_xdata()) == 1 for line in ax.lines)


def test_the_band_is_one_sd_wide(make):
    figure = curves(collect(make(accuracies=[0.9, 0.91, 0.92], epochs=4))).draw()
    (train, _) = figure.axes[1].collections
    path = train.get_paths()[0].vertices
    first = [y for x, y in path if x == 1]
    values = [float(line.get_ydata()[0]) for line in figure.axes[1].lines[:3]]
    mean = sum(values) / 3
    sd = (sum((v - mean) ** 2 for v in values) / 2) ** 0.5
    assert (max(first), min(first)) == (pytest.approx(mean + sd), pytest.approx(mean - sd))


def test_one_repeat_has_no_band(make):
    assert not curves(collect(make(accuracies=[0.9]))).draw().axes[0].collections


def test_a_learning_rate_that_never_changes_is_not_drawn(make):
    path = make(accuracies=[0.9, 0.91], epochs=3)
    assert learning_rate(load_run(path)) is None
    for k in range(2):
        file = path / f"repeats/{k}/metrics.csv"
        file.write_text(file.read_text().replace("\n3,0.2,0.001,", "\n3,0.2,0.00001,"))
    figure = learning_rate(load_run(path)).draw()
    (line,) = figure.axes[0].lines  # both repeats have the same
    assert list(line.get_ydata()) == [1e-3, 1e-3, 1e-3, 1e-3, 1e-5, 1e-5]
    assert figure.axes[0].get_yscale() == "log"
    assert "the same in each" in figure.get_suptitle()


def test_a_schedule_is_drawn_by_its_steps(make):
    path = make(accuracies=[0.9], epochs=2)
    steps = (
        "epoch,learning_rate\n0.0,0.0\n0.5,0.01\n1.0,0.02\n1.5,0.01\n2.0,0.005\n"  # stopped after two epochs
    )
    (path / "repeats/0/learning_rates.csv").write_text(steps)
    (line,) = learning_rate(load_run(path)).draw().axes[0].lines
    assert list(line.get_xdata()) == [0.5, 1.0, 1.5, 2.0]
    assert list(line.get_ydata()) == [0.0, 0.01, 0.02, 0.01]


def test_sides_and_their_differences(make):
    paths = [
        make(name="a", accuracies=[0.90, 0.91, 0.92]),
        make(name="b", accuracies=[0.91, 0.93, 0.95], published=None),
    ]
    comparison = gather(paths, side_by_side=True).comparison
    dots, differences = comparison_dots(comparison).draw().axes
    assert labels(dots) == ["a", "published", "b"]
    assert labels(differences) == ["b"]
    low, high = differences.lines[0].get_xdata()
    assert (low, high) == pytest.approx((2 - 4.303 / 3**0.5, 2 + 4.303 / 3**0.5), abs=1e-3)


def test_without_a_test_there_are_dots_alone(make):
    paths = [make(name="a", accuracies=[0.9]), make(name="b", accuracies=[0.91])]
    assert len(comparison_dots(gather(paths, side_by_side=True).comparison).draw().axes) == 1


def test_mean_curves_of_sides_and_of_too_many(make):
    paths = [make(name=f"run {k}", accuracies=[0.9]) for k in range(len(SIDES) + 1)]
    figure = comparison_curves(gather(paths[:2], side_by_side=True).comparison).draw()
    assert [len(ax.lines) for ax in figure.axes] == [2, 2]
    assert comparison_curves(gather(paths, side_by_side=True).comparison) is None


def test_lines_can_be_told_apart_without_colour():
    sides = [(str(look["linestyle"]), look["marker"]) for look in SIDES]
    assert len(set(sides)) == len(sides)
    assert TRAIN_LINE["linestyle"] != VALIDATION_LINE["linestyle"]
    assert TRAIN_LINE["marker"] != VALIDATION_LINE["marker"]


def grey(color):
    from matplotlib.colors import to_rgb

    return sum(part * share for part, share in zip(to_rgb(color), (0.299, 0.587, 0.114), strict=True))


def test_training_and_validation_differ_in_greyscale():
    assert grey(TRAIN_LINE["color"]) - grey(VALIDATION_LINE["color"]) > 0.3


def test_every_figure_draws_and_says_what_it_shows(make):
    document = gather([make(name="a"), make(name="b", accuracies=[0.94, 0.93, 0.96])], side_by_side=True)
    found = [*run_figures(document.reports[0]), *comparison_figures(document.comparison)]
    names = [
        "curves",
        "accuracy",
        "confusion",
        "comparison",
        "comparison_curves",
    ]  # the learning rate is constant
    assert [one.name for one in found] == names
    texts = {one.name: one.alternative for one in found}
    assert "test 93.0, 95 % interval 90.1 to 95.1, n = 3" in texts["accuracy"]
    assert "Confusion matrix of the test set. Of class " in texts["confusion"]
    assert "paired t-test over 3 seeds" in texts["comparison"]
    for one in found:
        buffer = io.BytesIO()
        with styled():
            one.draw().savefig(buffer, format="png", dpi=60)
        with Image.open(buffer) as image:
            assert image.width == 204


def test_two_classes_have_roc_and_calibration(make):
    found = {one.name: one for one in run_figures(collect(make(class_names=("healthy", "tumour"))))}
    assert list(found) == ["curves", "accuracy", "confusion", "roc", "precision_recall", "calibration"]
    assert "tumour on the test set: area" in found["roc"].alternative
    assert "tumour" in found["calibration"].alternative


def test_pictures_of_a_few_repeats_are_taken_over(make):
    path = make(accuracies=[0.9] * 9, images=2, epochs=1)
    for k in range(9):
        (path / f"repeats/{k}/mistakes.png").write_bytes(b"")
    (path / "augmentation.png").write_bytes(b"")
    names = [picture.name for picture in run_figures(collect(path)) if picture.path]
    assert names == ["augmentation", *(f"mistakes_{k}" for k in range(6))]
