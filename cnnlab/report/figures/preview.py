"""The picture of ``cnnlab preview``: originals above their augmented versions, with histograms of the values."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cnnlab.report.figures.style import MUTED, TRAIN, VALIDATION, save, shorten, titled

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

COLUMNS, BINS = 8, 40
WIDTH, ROW_HEIGHT, HEAD = 6.4, 0.56, 0.62  # inches

Rows = Sequence[tuple[str, "np.ndarray"]]


def write_preview(
    path: Path,
    originals: "np.ndarray",
    rows: Rows,
    data_range: tuple[float, float],
    name: str,
    subtitle: str,
) -> None:
    """Draw originals, and below them each row of images with its name and the histogram of its values.

    originals and each row: float (n, height, width, channels); the first `COLUMNS` images are shown, all count in
    the histograms, where the originals' stands as an outline. `data_range`: what is drawn as black and white.
    """
    lines = [("original", originals), *rows]
    height = HEAD + ROW_HEIGHT * len(lines)
    with titled(height, name, ": augmentation", subtitle, width=WIDTH) as figure:
        axes = figure.subplots(len(lines), COLUMNS + 1, squeeze=False, width_ratios=[*[1] * COLUMNS, 1.7])
        bins = _bins(originals, lines, data_range)
        for line, (label, images) in zip(axes, lines, strict=True):
            for column, ax in enumerate(line[:COLUMNS]):
                draw_image(ax, images[column] if column < len(images) else None, data_range)
            line[0].set_ylabel(_two_lines(label), fontsize=5.6, rotation=0, ha="right", va="center")
            _histogram(line[COLUMNS], images, originals, bins, data_range)
        for line in axes[:-1]:
            line[COLUMNS].set_xticklabels([])
        axes[-1][COLUMNS].set_xlabel("value", fontsize=6)
    save(figure, path)


def draw_image(ax: "Axes", image: "np.ndarray | None", data_range: tuple[float, float]) -> None:
    """Show an image of float (height, width, channels), the ends of `data_range` as black and white; None is empty."""
    ax.set(xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set_visible(False)
    if image is None:
        return
    low, high = data_range
    shown = ((image - low) / (high - low)).clip(0, 1)
    grey = shown[..., 0] if image.shape[-1] == 1 else shown
    ax.imshow(grey, cmap="gray", vmin=0, vmax=1, interpolation="nearest")


def _histogram(
    ax: "Axes",
    images: "np.ndarray",
    originals: "np.ndarray",
    bins: "np.ndarray",
    data_range: tuple[float, float],
) -> None:
    """Shares of values, on a scale of roots, so that rare ones show beside a background of one value."""
    import numpy as np

    shares = [np.sqrt(np.histogram(x, bins)[0] / x.size) for x in (images, originals)]
    ax.stairs(shares[0], bins, fill=True, color=TRAIN)
    ax.stairs(shares[1], bins, color=VALIDATION, linewidth=0.7)
    for end in data_range:
        ax.axvline(end, color=MUTED, linewidth=0.5, linestyle=":")
    ax.set(yticks=[], ylim=(0, None), xlim=(bins[0], bins[-1]))
    ax.grid(visible=False)
    ax.tick_params(labelsize=5)
    ax.spines["left"].set_visible(False)


def _bins(originals: "np.ndarray", lines: Rows, data_range: tuple[float, float]) -> "np.ndarray":
    """Edges from the lowest to the highest value of all rows, the data's range within."""
    import numpy as np

    low = min(data_range[0], *(float(images.min()) for _, images in lines))
    high = max(data_range[1], *(float(images.max()) for _, images in lines))
    room = 0.03 * (high - low)
    return np.linspace(low - room, high + room, BINS + 1)


def _two_lines(label: str) -> str:
    """A name such as random_color_jitter, broken where it is longest."""
    text = shorten(label, 30)
    words = text.replace("_", " ").split()
    if len(text) <= 10 or len(words) < 2:
        return text.replace("_", " ")
    middle = min(range(1, len(words)), key=lambda k: max(len(" ".join(words[:k])), len(" ".join(words[k:]))))
    return "\n".join([" ".join(words[:middle]), " ".join(words[middle:])])
