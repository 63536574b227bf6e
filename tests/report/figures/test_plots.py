import math

import numpy as np
import pytest
from PIL import Image

from cnnlab.errors import RunError
from cnnlab.report.collect import collect
from cnnlab.report.document import Figure
from cnnlab.report.figures import confusion, curves, mistakes, style
from cnnlab.report.figures.plots import write_plots
from cnnlab.report.predictions import load_predictions
from cnnlab.runs.read import load_run
from tests.fake_runs import BUNDLED

pytestmark = pytest.mark.heavy

IMAGES = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 1)).astype(np.uint8)


def texts(figure):
    """Return every text that a figure shows, drawn or not."""
    figure = figure.draw() if isinstance(figure, Figure) else figure
    with style.styled():
        figure.canvas.draw()
    return "\n".join(text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text")))


def predictions(folder, k=0, **arrays):
    """Write a repeat's predictions: all on the test set unless said otherwise."""
    n = len(arrays["label"])
    arrays = {"split": np.full(n, 2, np.uint8), "index": np.arange(n), **arrays}
    np.savez(folder.repeat(k).make().predictions_path, **arrays)


def test_all_plots_at_the_width_of_a_column(make_run):
    folder = make_run()
    written = write_plots(folder.path, {"test": IMAGES})
    names = [str(path.relative_to(folder.path)) for path in written]
    assert names[:3] == ["plots/curves.png", "plots/confusion.png", "repeats/0/mistakes.png"]
    assert len(written) == 5
    for path in written:
        with Image.open(path) as image:
            assert image.width == round(style.COLUMN_INCHES * style.DPI)


def test_the_same_run_gives_the_same_bytes(make_run):
    folder = make_run()
    first = [path.read_bytes() for path in write_plots(folder.path)]
    assert [path.read_bytes() for path in write_plots(folder.path)] == first


def test_a_users_own_style_changes_nothing_and_is_left_alone(make_run):
    import matplotlib

    folder = make_run()
    plain = write_plots(folder.path)[0].read_bytes()
    with matplotlib.rc_context({"font.size": 30, "figure.facecolor": "red"}):
        assert write_plots(folder.path)[0].read_bytes() == plain
        assert matplotlib.rcParams["font.size"] == 30


def test_bundled_data_are_marked_on_every_figure(make_run):
    run = load_run(make_run(data=BUNDLED).path)
    for figure in (curves.curves(collect(run.path)), confusion.confusion(run)):
        assert "Bundled data, not mnist · " in texts(figure)


def test_hostile_names_are_drawn_as_they_are(make_run):
    run = load_run(make_run(name="$\\frac{1}{ \u4e2d\n", class_names=["$a_", "_b\\"], images=4).path)
    style.save(confusion.confusion(run).draw(), run.path / "a.png")
    assert "$\\frac{1}{ \u4e2d: test set" in texts(confusion.confusion(run))


@pytest.mark.parametrize(
    ("text", "short"), [("category 17", "cate…y 17"), ("tumour", "tumour"), ("a\nb", "a b"), ("", "")]
)
def test_names_are_cut_in_the_middle(text, short):
    assert style.shorten(text, 9) == short
    assert len(style.shorten(text, 9)) <= 9


def test_curves_with_validation_every_few_epochs(make_run):
    run = load_run(make_run(epochs=10, validation_every=4).path)
    assert list(curves.series(run.repeats[0], "val_loss")) == [4, 8, 10]
    assert "validation (every 4 epochs)" in texts(curves.curves(collect(run.path)))
    assert "each repeat" in texts(curves.curves(collect(run.path)))


def test_one_repeat_has_no_thin_lines(make_run):
    assert "each repeat" not in texts(curves.curves(collect(make_run(accuracies=[0.9]).path)))


def test_the_mean_covers_epochs_that_all_repeats_have():
    assert curves.mean_series([{1: 2.0, 2: 4.0, 3: 9.0}, {1: 4.0, 2: 6.0}]) == {1: 3.0, 2: 5.0}
    assert curves.mean_series([]) == {}


@pytest.mark.parametrize(
    ("values", "log"), [([1, 0.01], True), ([1, 0.5], False), ([1, 0], False), ([], False)]
)
def test_log_axis_only_for_wide_positive_ranges(values, log):
    assert curves.use_log_axis(values) is log


def test_curves_have_gaps_where_a_value_is_not_finite(make_run):
    folder = make_run(accuracies=[0.9])
    folder.repeat(0).metrics_path.write_text("epoch,loss,accuracy\n1,nan,0.1\n2,inf,0.2\n3,1.0,\n")
    run = load_run(folder.path)
    assert [math.isnan(value) for value in curves.series(run.repeats[0], "loss").values()] == [
        True,
        True,
        False,
    ]
    assert curves.series(run.repeats[0], "accuracy") == {1: 0.1, 2: 0.2}  # not measured in epoch 3: no gap
    assert curves.curves(collect(run.path)).draw() is not None
    folder.repeat(0).metrics_path.write_text("epoch,loss\n1,nan\n2,inf\n")
    assert curves.series(load_run(folder.path).repeats[0], "loss") == {}


def test_nothing_to_draw_writes_nothing(make_run):
    folder = make_run(accuracies=[], failed=["no memory"])
    assert write_plots(folder.path, {"test": IMAGES}) == []
    assert not folder.plots_path.exists()


def test_a_file_in_place_of_the_plots_is_one_sentence(make_run):
    folder = make_run()
    folder.plots_path.write_text("")
    with pytest.raises(RunError, match=r"Cannot make .*plots: File exists\."):
        write_plots(folder.path)


def test_the_confusion_matrix_writes_shares_and_counts(make_run):
    folder = make_run(accuracies=[0.9, 0.9], class_names=["a", "b"])
    sure = np.eye(2, dtype=np.float32)
    predictions(folder, 0, label=np.array([0, 0, 1]), probabilities=sure[[0, 1, 1]])
    predictions(folder, 1, label=np.array([0, 0, 1]), probabilities=sure[[0, 0, 1]])
    found = confusion.confusion(load_run(folder.path))
    assert "75.0 %\n1.5" in texts(found)
    assert found.alternative.endswith("the most frequent mistake is a taken for b, 25.0 %.")


def test_hidden_labels_fall_back_to_validation(make_run):
    run = load_run(make_run(hidden_test=True).path)
    assert ": validation set" in texts(confusion.confusion(run))


def test_many_classes_are_drawn_without_numbers(make_run):
    run = load_run(make_run(class_names=[f"class {i}" for i in range(30)]).path)
    assert "the darker, the larger" in texts(confusion.confusion(run))


@pytest.mark.parametrize(
    ("percent", "count", "with_count", "text"),
    [
        (99.96, 500, False, "100"),
        (0, 0, False, ""),
        (0, 0, True, "0.0 %\n0"),
        (12.34, 1234.5, True, "12.3 %\n1,234.5"),
    ],
)
def test_text_of_a_cell(percent, count, with_count, text):
    assert confusion.cell_text(percent, count, with_count) == text


def test_the_surest_mistakes_come_first(make_run):
    folder = make_run(accuracies=[0.9], class_names=["a", "b"])
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.05, 0.95], [0.4, 0.6]])
    predictions(folder, label=np.array([0, 0, 0, 0]), probabilities=probabilities)
    loaded = load_predictions(folder.repeat(0).predictions_path, "test")
    assert mistakes.most_confident_mistakes(loaded) == [2, 1, 3]
    figure = mistakes.mistakes(loaded, IMAGES, ["a", "b"], "run", "MNIST")
    assert "run: 3 of 4 test images wrong" in texts(figure)


def test_mistakes_among_many_classes_are_captioned_one_by_one(make_run):
    folder = make_run(accuracies=[0.9])
    probabilities = np.array([[0.9, 0.1, 0], [0.4, 0.6, 0], [0.05, 0.95, 0]])
    predictions(folder, label=np.array([0, 0, 0]), probabilities=probabilities)
    loaded = load_predictions(folder.repeat(0).predictions_path, "test")
    assert "a → b\n95.0 %" in texts(mistakes.mistakes(loaded, IMAGES, "abc", "run", "MNIST"))


def test_mistakes_of_two_classes_are_shown_by_their_kind(make_run):
    folder = make_run(accuracies=[0.9])
    p = np.array([0.9, 0.6, 0.2, 0.7, 0.4])
    predictions(folder, label=np.array([0, 0, 1, 1, 0]), probabilities=np.stack([1 - p, p], axis=1))
    loaded = load_predictions(folder.repeat(0).predictions_path, "test")
    assert mistakes.most_confident_mistakes(loaded, true=0) == [0, 1]
    assert mistakes.most_confident_mistakes(loaded, true=1) == [2]
    shown = texts(mistakes.mistakes(loaded, IMAGES, ["normal", "tumour"], "run", "patches"))
    assert "2 false positives: normal taken for tumour" in shown
    assert "1 false negatives: tumour taken for normal" in shown
    assert "run: 3 of 5 test images wrong" in shown
    assert shown.index("90.0 %") < shown.index("60.0 %") and "80.0 %" in shown


def test_no_mistake_at_all(make_run):
    folder = make_run(accuracies=[0.9])
    predictions(folder, label=np.array([1]), probabilities=np.array([[0.0, 1.0]]))
    loaded = load_predictions(folder.repeat(0).predictions_path, "test")
    assert "no mistake among 1 images" in texts(mistakes.mistakes(loaded, IMAGES, "ab", "run", "MNIST"))


def test_predictions_of_wrong_shapes_and_not_finite_are_left_out(make_run):
    folder = make_run(accuracies=[0.9])
    path = folder.repeat(0).predictions_path
    for label, probabilities in (
        ([0, 1], [[1.0, 0.0]]),
        ([0], [1.0]),
        ([0], [[math.nan, 0.0]]),
        ([7], [[1.0, 0.0]]),
    ):
        predictions(folder, label=np.array(label), probabilities=np.array(probabilities))
        assert load_predictions(path, "test") is None
