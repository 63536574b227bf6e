"""Which figures a report has, in its order, each with its caption and an alternative text in numbers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cnnlab.report.collect import RunReport
from cnnlab.report.comparison import Comparison
from cnnlab.report.figures.calibration import calibration, calibration_of
from cnnlab.report.figures.confusion import confusion, mean_confusion
from cnnlab.report.figures.curves import curves
from cnnlab.report.figures.dots import accuracy_dots, comparison_dots, dots_in_words
from cnnlab.report.figures.learning_rate import learning_rate
from cnnlab.report.figures.roc import roc, roc_curves
from cnnlab.report.figures.side_by_side import comparison_curves
from cnnlab.report.figures.verify_plots import verify_figures
from cnnlab.report.numbers import counted
from cnnlab.report.words import contrast_sentence, metric_name
from cnnlab.runs.read import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure


MOST_MISTAKES = 6  # repeats whose mistakes are shown; the others' lie in the run folder


@dataclass(frozen=True)
class Drawing:
    """One figure: `name` is its file's stem, `draw` makes it anew, or None where there is nothing to show."""

    name: str
    caption: str
    alternative: str
    draw: "Callable[[], Figure | None]"


@dataclass(frozen=True)
class Picture:
    """A PNG that a run folder holds already and that only training could draw."""

    name: str
    caption: str
    alternative: str
    path: Path


def drawings(report: RunReport) -> Iterator[Drawing]:
    """The figures of one section."""
    run = report.run
    if run.kind == "verify":
        for name, (caption, draw) in verify_figures(run).items():
            yield Drawing(name, caption, f"{caption}.", draw)
        return
    repeats = counted(len(run.done or run.repeats), "repeat")
    yield Drawing(
        "curves",
        "Loss and accuracy over the epochs: each repeat thin, the mean bold, the band one sample sd",
        f"Loss and accuracy on training and validation data over the epochs, {repeats} and their mean. "
        f"{_final(report)}",
        lambda: curves(run),
    )
    yield Drawing(
        "accuracy",
        "Final accuracy of every repeat (hollow), mean and 95 % interval (filled), published values where comparable",
        _final(report),
        lambda: accuracy_dots(report),
    )
    yield Drawing(
        "confusion",
        "Which classes are taken for which, averaged over the repeats",
        _confused(report),
        lambda: confusion(run),
    )
    yield from _two_class_drawings(run)
    yield Drawing(
        "learning_rate",
        "The learning rate over the epochs",
        f"The learning rate over the epochs of {repeats}.",
        lambda: learning_rate(run),
    )


def _two_class_drawings(run: Run) -> Iterator[Drawing]:
    """ROC curve and calibration, where there are two classes and predictions."""
    curves_found, bins_found = roc_curves(run), calibration_of(run)
    if curves_found is not None:
        yield Drawing(
            "roc",
            f"ROC curve of {curves_found.positive}: each repeat thin, the mean bold, the mean operating points marked",
            curves_found.in_words(),
            lambda: roc(run),
        )
    if bins_found is not None:
        yield Drawing(
            "calibration",
            f"Predicted probability of {bins_found.positive} against its observed share, above the number of images",
            bins_found.in_words(),
            lambda: calibration(run),
        )


def comparison_drawings(comparison: Comparison) -> Iterator[Drawing]:
    """The figures of the comparison."""
    words = " ".join(
        contrast_sentence(comparison, contrast)
        for contrast in comparison.contrasts
        if (contrast.split, contrast.metric) == comparison.headline
    )
    name = metric_name(*comparison.headline) if comparison.headline else "results"
    yield Drawing(
        "comparison",
        f"{name[:1].upper()}{name[1:]} of every repeat (hollow), mean and 95 % interval (filled), and the "
        f"differences from {comparison.labels[0]}",
        f"The {name} of {', '.join(comparison.labels)} as dots. {words}",
        lambda: comparison_dots(comparison),
    )
    yield Drawing(
        "comparison_curves",
        "Mean loss and accuracy on validation data",
        f"Mean validation curves of {', '.join(comparison.labels)}.",
        lambda: comparison_curves(comparison),
    )


def pictures(report: RunReport) -> Iterator[Picture]:
    """What the run folders hold: the augmentation preview, and each repeat's most confident mistakes."""
    mistakes = [path for path in report.plots if path.name == "mistakes.png"]
    left_out = set(mistakes[MOST_MISTAKES:])
    for path in report.plots:
        if path in left_out:
            continue
        if path.name == "augmentation.png":
            yield Picture(
                "augmentation",
                "Training images of repeat 0, and what the augmentation makes of them",
                "A row of training images above rows of augmented versions of them.",
                path,
            )
        elif path.name == "mistakes.png":
            k = path.parent.name
            yield Picture(
                f"mistakes_{k}",
                f"Repeat {k}: the mistakes that the network was surest of",
                f"The images that repeat {k} got wrong with the highest probability; above each its true class, "
                "the class it was taken for, and that probability.",
                path,
            )


def _final(report: RunReport) -> str:
    rows = [row for row in report.rows if row.metric == "accuracy" and row.summary.n]
    found = [dots_in_words("accuracy", row.split, row.summary) for row in rows]
    return f"Final accuracy in percent: {'; '.join(found)}." if found else ""


def _confused(report: RunReport) -> str:
    matrix = mean_confusion(report.run)
    if matrix is None:
        return ""
    percent, names = matrix.percent.copy(), matrix.class_names
    right = [percent[k, k] for k in range(len(names))]
    worst = min(range(len(names)), key=lambda k: right[k])
    percent[range(len(names)), range(len(names))] = -1
    true, taken = divmod(int(percent.argmax()), len(names))
    return (
        f"Confusion matrix of the {matrix.split} set. Of class {names[worst]} {right[worst]:.1f} % are recognised, the "
        f"fewest; the most frequent mistake is {names[true]} taken for {names[taken]}, {percent[true, taken]:.1f} %."
    )
