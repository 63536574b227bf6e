"""The mistakes that a network was surest of: what each image shows, and what it was taken for."""

from typing import TYPE_CHECKING

from cnnlab.positive_class import POSITIVE
from cnnlab.report.figures.style import add_title, new_figure, shorten, styled
from cnnlab.report.predictions import Predictions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROWS, COLUMNS = 2, 6
HEADING_INCHES, IMAGE_INCHES, LINE_INCHES = 0.2, 0.55, 0.09


def most_confident_mistakes(
    predictions: Predictions, most: int = ROWS * COLUMNS, true: int | None = None
) -> list[int]:
    """Return the rows of the wrong predictions of highest probability, surest first, ties by index.

    true: only images of this class.
    """
    import numpy as np

    confidence = predictions.probabilities.max(axis=1)
    wrong = np.flatnonzero(_wrong(predictions, true))
    order = np.lexsort((predictions.index[wrong], -confidence[wrong]))
    return [int(row) for row in wrong[order][:most]]


def mistakes(
    predictions: Predictions,
    images: "np.ndarray",
    class_names: "Sequence[str]",
    name: str,
    subtitle: str,
) -> "Figure":
    """Draw the most confident mistakes of one repeat; of two classes, those of each kind.

    images: uint8, shape (n, height, width, channels), 1 or 3 channels; `predictions.index` points into it.
    """
    wrong = int(_wrong(predictions, None).sum())
    with styled():
        if predictions.num_classes == 2 and wrong:
            figure = _both_kinds(predictions, images, class_names)
        else:
            figure = _one_page(predictions, images, class_names)
        among = f"{wrong:,} of {len(predictions.label):,} {predictions.split} images wrong"
        add_title(figure, name, f": {among}", subtitle)
    return figure


def _one_page(predictions: Predictions, images: "np.ndarray", class_names: "Sequence[str]") -> "Figure":
    rows = most_confident_mistakes(predictions)
    captions = [_caption(predictions, row, class_names) for row in rows]
    lines = max((caption.count("\n") + 1 for caption in captions), default=1)
    height = max(1, -(-len(rows) // COLUMNS))
    figure = new_figure(height=0.46 + (IMAGE_INCHES + LINE_INCHES * lines) * height)
    axes = figure.subplots(height, COLUMNS, squeeze=False).ravel()
    _fill(axes, [images[predictions.index[row]] for row in rows], captions)
    if not rows:
        axes[0].text(0, 0.5, f"no mistake among {len(predictions.label):,} images", va="center")
    return figure


def _both_kinds(predictions: Predictions, images: "np.ndarray", class_names: "Sequence[str]") -> "Figure":
    """False positives above false negatives."""
    kinds = [(true, most_confident_mistakes(predictions, true=true)) for true in (0, 1)]
    heights = [max(1, -(-len(rows) // COLUMNS)) for _, rows in kinds]
    inches = [HEADING_INCHES + (IMAGE_INCHES + LINE_INCHES) * height for height in heights]
    figure = new_figure(height=0.42 + sum(inches))
    parts = figure.subfigures(2, 1, height_ratios=inches, squeeze=False)[:, 0]
    for part, (true, rows), height in zip(parts, kinds, heights, strict=True):
        number = int(_wrong(predictions, true).sum())
        kind = f"false {'negatives' if true == POSITIVE else 'positives'}"
        names = [shorten(class_names[k], 16) for k in (true, 1 - true)]
        heading = f"{number:,} {kind}: {names[0]} taken for {names[1]}, and how surely"
        part.suptitle(heading, fontsize=6.4, x=0.02, ha="left")
        axes = part.subplots(height, COLUMNS, squeeze=False).ravel()
        pictures = [images[predictions.index[row]] for row in rows]
        _fill(axes, pictures, [_certainty(predictions, row) for row in rows])
    return figure


def _fill(axes: "Iterable[Axes]", pictures: "list[np.ndarray]", captions: list[str]) -> None:
    places = list(axes)
    for ax in places:
        ax.axis("off")
    for ax, picture, caption in zip(places, pictures, captions, strict=False):
        shown = picture[..., 0] if picture.shape[-1] == 1 else picture
        ax.imshow(shown, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        ax.set_title(caption, fontsize=5.6, pad=2)


def _wrong(predictions: Predictions, true: int | None) -> "np.ndarray":
    """Which predictions are wrong, of all images or of those of one class: bool (n,)."""
    wrong: np.ndarray = predictions.predicted != predictions.label
    return wrong if true is None else wrong & (predictions.label == true)


def _caption(predictions: Predictions, row: int, class_names: "Sequence[str]") -> str:
    true, predicted = int(predictions.label[row]), int(predictions.predicted[row])
    names = shorten(class_names[true], 9), shorten(class_names[predicted], 9)
    arrow = " → " if max(map(len, names)) <= 3 else "\n→ "
    return f"{names[0]}{arrow}{names[1]}\n{_certainty(predictions, row)}"


def _certainty(predictions: Predictions, row: int) -> str:
    percent = 100 * float(predictions.probabilities[row].max())
    return f"{percent:.1f} %" if percent < 99.95 else "> 99.9 %"
