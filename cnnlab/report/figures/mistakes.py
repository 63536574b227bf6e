"""The mistakes that a network was surest of: what each image shows, and what it was taken for."""

from typing import TYPE_CHECKING

from cnnlab.report.figures.style import add_title, new_figure, shorten, styled
from cnnlab.report.predictions import Predictions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROWS, COLUMNS = 2, 6


def most_confident_mistakes(predictions: Predictions, most: int = ROWS * COLUMNS) -> list[int]:
    """Return the rows of the wrong predictions of highest probability, surest first, ties by index."""
    import numpy as np

    confidence = predictions.probabilities.max(axis=1)
    wrong = np.flatnonzero(predictions.predicted != predictions.label)
    order = np.lexsort((predictions.index[wrong], -confidence[wrong]))
    return [int(row) for row in wrong[order][:most]]


def mistakes(
    predictions: Predictions,
    images: "np.ndarray",
    class_names: "Sequence[str]",
    name: str,
    subtitle: str,
) -> "Figure":
    """Draw the most confident mistakes of one repeat.

    images: uint8, shape (n, height, width, channels), 1 or 3 channels; `predictions.index` points into it.
    """
    rows = most_confident_mistakes(predictions)
    wrong = int((predictions.predicted != predictions.label).sum())
    with styled():
        captions = [_caption(predictions, row, class_names) for row in rows]
        lines = max((caption.count("\n") + 1 for caption in captions), default=1)
        height = max(1, -(-len(rows) // COLUMNS))
        figure = new_figure(height=0.46 + (0.55 + 0.09 * lines) * height)
        axes = figure.subplots(height, COLUMNS, squeeze=False).ravel()
        for ax in axes:
            ax.axis("off")
        for ax, row, caption in zip(axes, rows, captions, strict=False):
            _draw(ax, images[predictions.index[row]], caption)
        if not rows:
            axes[0].text(0, 0.5, f"no mistake among {len(predictions.label):,} images", va="center")
        among = f"{wrong:,} of {len(predictions.label):,} {predictions.split} images wrong"
        add_title(figure, name, f": {among}", subtitle)
    return figure


def _draw(ax: "Axes", image: "np.ndarray", caption: str) -> None:
    shown = image[..., 0] if image.shape[-1] == 1 else image
    ax.imshow(shown, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    ax.set_title(caption, fontsize=5.6, pad=2)


def _caption(predictions: Predictions, row: int, class_names: "Sequence[str]") -> str:
    true, predicted = int(predictions.label[row]), int(predictions.predicted[row])
    percent = 100 * float(predictions.probabilities[row].max())
    certainty = f"{percent:.1f} %" if percent < 99.95 else "> 99.9 %"
    names = shorten(class_names[true], 9), shorten(class_names[predicted], 9)
    arrow = " → " if max(map(len, names)) <= 3 else "\n→ "
    return f"{names[0]}{arrow}{names[1]}\n{certainty}"
