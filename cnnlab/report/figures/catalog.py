"""Every figure of every kind of report: a new one is registered here, and nowhere else.

A figure has a caption, a text in words and numbers for those who cannot see it, and a function that draws it, or
returns None where there is nothing to show.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from cnnlab.config.sweep_labels import short_names
from cnnlab.reading import read_arrays
from cnnlab.report.collect import RunReport
from cnnlab.report.comparison import Comparison
from cnnlab.report.document import Figure
from cnnlab.report.figures.calibration import calibration, calibration_of
from cnnlab.report.figures.confusion import confusion, confusion_in_words
from cnnlab.report.figures.curves import curves
from cnnlab.report.figures.dots import accuracy_dots, comparison_dots, final_accuracy_in_words
from cnnlab.report.figures.feature_maps import Arrays, difference_maps, feature_maps, first_kernels
from cnnlab.report.figures.learning_rate import learning_rate
from cnnlab.report.figures.roc import roc, roc_curves
from cnnlab.report.figures.side_by_side import comparison_curves
from cnnlab.report.figures.sweep import (
    MOST_DOTS,
    cell_dots,
    changes_dots,
    changes_in_words,
    heat_map,
    is_grid,
    is_line,
    line,
    sweep_in_words,
)
from cnnlab.report.numbers import counted
from cnnlab.report.sentences import capitalized, contrast_sentence, metric_name
from cnnlab.report.sweep.collect import SweepReport
from cnnlab.runs.read import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

Subject = TypeVar("Subject")
About = tuple[str, str]
"""Caption and alternative text."""

MOST_MISTAKES = 6  # repeats whose mistakes are shown; the others' lie in the run folder


@dataclass(frozen=True)
class Registered(Generic[Subject]):
    """One figure: `about` returns its caption and alternative text, or None where the subject has no such figure.

    saved: it is drawn into the run folder, too, when a training ends.
    """

    name: str
    about: Callable[[Subject], About | None]
    draw: "Callable[[Subject], Drawing | None]"
    saved: bool = False


def figures_of(registered: "tuple[Registered[Subject], ...]", subject: Subject) -> Iterator[Figure]:
    """The figures of a subject, none of them drawn yet."""
    for one in registered:
        about = one.about(subject)
        if about is not None:
            caption, words = about
            yield Figure(one.name, caption, words, draw=lambda draw=one.draw: draw(subject))  # type: ignore[misc]


def run_figures(report: RunReport) -> Iterator[Figure]:
    """The figures of a run or pool, and the pictures that training left in its folder."""
    if report.run.kind == "verify":
        yield from verification_figures(report.run)
        return
    yield from figures_of(RUN, report)
    yield from _pictures(report)


def verification_figures(run: Run) -> Iterator[Figure]:
    """The figures of a verify run; none without a readable arrays.npz."""
    arrays = read_arrays(run.path / "arrays.npz")
    return figures_of(VERIFICATION, (run.name, arrays)) if arrays else iter(())


def comparison_figures(comparison: Comparison) -> Iterator[Figure]:
    """The figures of runs side by side."""
    return figures_of(COMPARISON, comparison)


def sweep_figures(report: SweepReport) -> Iterator[Figure]:
    """The figures of a sweep, or of its single changes."""
    return figures_of(SWEEP if report.changes is None else ABLATION, report)


def _curves_about(report: RunReport) -> About:
    repeats = counted(len(report.run.done or report.run.repeats), "repeat")
    words = f"Loss and accuracy on training and validation data over the epochs, {repeats} and their mean."
    caption = "Loss and accuracy over the epochs: each repeat thin, the mean bold, the band one sample sd"
    return caption, f"{words} {final_accuracy_in_words(report)}"


def _accuracy_about(report: RunReport) -> About:
    shown = "every repeat (hollow), mean and 95 % interval (filled), published values where comparable"
    return f"Final accuracy of {shown}", final_accuracy_in_words(report)


def _confusion_about(report: RunReport) -> About:
    return "Which classes are taken for which, averaged over the repeats", confusion_in_words(report.run)


def _roc_about(report: RunReport) -> About | None:
    found = roc_curves(report.run)
    if found is None:
        return None
    caption = (
        f"ROC curve of {found.positive}: each repeat thin, the mean bold, the mean operating points marked"
    )
    return caption, found.in_words()


def _calibration_about(report: RunReport) -> About | None:
    found = calibration_of(report.run)
    if found is None:
        return None
    caption = (
        f"Predicted probability of {found.positive} against its observed share, above the number of images"
    )
    return caption, found.in_words()


def _learning_rate_about(report: RunReport) -> About:
    repeats = counted(len(report.run.done or report.run.repeats), "repeat")
    return "The learning rate over the epochs", f"The learning rate over the epochs of {repeats}."


def _comparison_about(comparison: Comparison) -> About:
    headline = [c for c in comparison.contrasts if (c.split, c.metric) == comparison.headline]
    words = " ".join(contrast_sentence(comparison, contrast) for contrast in headline)
    name = metric_name(*comparison.headline) if comparison.headline else "results"
    caption = (
        f"{capitalized(name)} of every repeat (hollow), mean and 95 % interval (filled), and the differences from "
        f"{comparison.labels[0]}"
    )
    return caption, f"The {name} of {', '.join(comparison.labels)} as dots. {words}"


def _comparison_curves_about(comparison: Comparison) -> About:
    caption = "Mean loss and accuracy on validation data"
    return caption, f"Mean validation curves of {', '.join(comparison.labels)}."


def _heat_map_about(report: SweepReport) -> About | None:
    if not is_grid(report):
        return None
    keys = " and ".join(short_names(report.keys).values())
    return f"Mean {metric_name(*report.headline)} by {keys}; the reference is framed", sweep_in_words(report)


def _line_about(report: SweepReport) -> About | None:
    if not is_line(report):
        return None
    name, key = capitalized(metric_name(*report.headline)), short_names(report.keys)[report.keys[0]]
    caption = f"{name} by {key}: each repeat thin, the mean bold, the band its 95 % interval"
    return caption, sweep_in_words(report)


def _cells_about(report: SweepReport) -> About | None:
    cells = report.measured
    if not cells:
        return None
    name = capitalized(metric_name(*report.headline))
    most = f": the {MOST_DOTS} best of {len(cells)} cells by validation" if len(cells) > MOST_DOTS else ""
    return f"{name} of every repeat (hollow), mean and 95 % interval (filled){most}", sweep_in_words(report)


def _ablation_about(report: SweepReport) -> About:
    name = metric_name(*report.headline)
    caption = f"What each single change does to {name}: difference from the baseline with its 95 % interval"
    return caption, changes_in_words(report)


def _fixed(caption: str) -> Callable[[object], About]:
    return lambda subject: (caption, f"{caption}.")


RUN: tuple[Registered[RunReport], ...] = (
    Registered("curves", _curves_about, lambda report: curves(report.run), saved=True),
    Registered("accuracy", _accuracy_about, accuracy_dots),
    Registered("confusion", _confusion_about, lambda report: confusion(report.run), saved=True),
    Registered("roc", _roc_about, lambda report: roc(report.run), saved=True),
    Registered("calibration", _calibration_about, lambda report: calibration(report.run), saved=True),
    Registered("learning_rate", _learning_rate_about, lambda report: learning_rate(report.run)),
)
COMPARISON: tuple[Registered[Comparison], ...] = (
    Registered("comparison", _comparison_about, comparison_dots),
    Registered("comparison_curves", _comparison_curves_about, comparison_curves),
)
SWEEP: tuple[Registered[SweepReport], ...] = (
    Registered("heat_map", _heat_map_about, heat_map),
    Registered("line", _line_about, line),
    Registered("cells", _cells_about, cell_dots),
)
ABLATION: tuple[Registered[SweepReport], ...] = (Registered("ablation", _ablation_about, changes_dots),)
VERIFICATION: tuple[Registered[tuple[str, Arrays]], ...] = (
    Registered(
        "differences",
        _fixed("How far Keras and NumPy are apart after each layer, on a log scale"),
        lambda found: difference_maps(*found),
    ),
    Registered(
        "kernels", _fixed("The kernels of the first convolution"), lambda found: first_kernels(*found)
    ),
    Registered(
        "feature_maps",
        _fixed("An image on its way through the network"),
        lambda found: feature_maps(*found),
    ),
)


def _pictures(report: RunReport) -> Iterator[Figure]:
    """The augmentation preview, and each repeat's most confident mistakes."""
    mistakes = [path for path in report.plots if path.name == "mistakes.png"]
    for path in report.plots:
        if path.name == "augmentation.png":
            caption = "Training images of repeat 0, and what the augmentation makes of them"
            words = "A row of training images above rows of augmented versions of them."
            yield Figure("augmentation", caption, words, path=path)
        elif path in mistakes[:MOST_MISTAKES]:
            k = path.parent.name
            words = (
                f"The images that repeat {k} got wrong with the highest probability; above each its true class, "
                "the class it was taken for, and that probability."
            )
            caption = f"Repeat {k}: the mistakes that the network was surest of"
            yield Figure(f"mistakes_{k}", caption, words, path=path)
