"""Every figure of every kind of report: a new one is listed here, and nowhere else.

A figure is a function that returns its caption, a text in words and numbers for those who cannot see it, and how it is
drawn, or None where there is nothing to show.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from cnnlab.reading import read_arrays
from cnnlab.report.collect import RunReport
from cnnlab.report.comparison import Comparison
from cnnlab.report.document import Figure
from cnnlab.report.explanations import explanations
from cnnlab.report.figures.calibration import calibration
from cnnlab.report.figures.confusion import confusion
from cnnlab.report.figures.curves import comparison_curves, curves
from cnnlab.report.figures.dots import accuracy_dots, comparison_dots
from cnnlab.report.figures.explanation import explanation
from cnnlab.report.figures.feature_maps import difference_maps, feature_maps, first_kernels
from cnnlab.report.figures.learning_rate import learning_rate
from cnnlab.report.figures.precision_recall import precision_recall
from cnnlab.report.figures.roc import roc
from cnnlab.report.figures.sweep import cell_dots, changes_dots, heat_map, line
from cnnlab.report.sweep.collect import SweepReport
from cnnlab.runs.audit import AuditRecord, audit_of, picture_of, read_audits
from cnnlab.runs.read import Run

SAVED = ("curves", "confusion", "roc", "precision_recall", "calibration")
"""Figures of a run that are drawn into its folder, too, when a training ends."""

MOST_EXPLANATIONS = 3  # repeats whose maps are shown
MOST_MISTAKES = 6  # repeats whose mistakes are shown; the others' lie in the run folder

VERIFICATION = (
    ("differences", difference_maps, "How far Keras and NumPy are apart after each layer, on a log scale"),
    ("kernels", first_kernels, "The kernels of the first convolution"),
    ("feature_maps", feature_maps, "An image on its way through the network"),
)


def run_figures(report: RunReport) -> Iterator[Figure]:
    """The figures of a run or pool, and the pictures that training left in its folder."""
    run = report.run
    if run.kind == "verify":
        return verification_figures(run)
    found = (
        curves(report),
        accuracy_dots(report),
        confusion(run),
        roc(run),
        precision_recall(run),
        calibration(run),
        learning_rate(run),
        *_audit(audit_of(run.path, run.data.sha256)),
        *(explanation(run, repeat, found) for repeat, found in explanations(run, [])[:MOST_EXPLANATIONS]),
        *_pictures(report),
    )
    return _present(found)


def verification_figures(run: Run) -> Iterator[Figure]:
    """The figures of a verify run; none without a readable arrays.npz."""
    arrays = read_arrays(run.path / "arrays.npz")
    for name, draw, caption in VERIFICATION if arrays else ():
        yield Figure(name, caption, f"{caption}.", draw=lambda draw=draw: draw(run.name, arrays))  # type: ignore[misc]


def comparison_figures(comparison: Comparison) -> Iterator[Figure]:
    """The figures of runs side by side."""
    return _present((comparison_dots(comparison), comparison_curves(comparison)))


def sweep_figures(report: SweepReport) -> Iterator[Figure]:
    """The figures of a sweep, or of its single changes."""
    if report.changes is not None:
        return _present((changes_dots(report),))
    audits = read_audits(report.path).items()
    pages = (page for sha256, audit in audits for page in _audit((audit, picture_of(report.path, sha256))))
    return _present((heat_map(report), line(report), cell_dots(report), *pages))


def _present(figures: Iterable[Figure | None]) -> Iterator[Figure]:
    return (figure for figure in figures if figure is not None)


def _audit(found: tuple[AuditRecord, Path] | None) -> Iterator[Figure]:
    """The page of the pairs that an audit found, if any."""
    audit, picture = found or (AuditRecord(), Path())
    if audit.pairs and picture.is_file():
        pairs = (f"{one.first.title} and {one.second.title}" for one in audit.pairs)
        caption = "Equal and nearly equal images that the audit found; in red those of unlike labels"
        yield Figure("audit", caption, f"Pairs of images: {'; '.join(pairs)}.", path=picture)


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
